import { WebSocket } from '../../../src/connection/web-socket.js';
import type { OverOptions } from '../../../src/connection/web-socket-options.js';
import { frame, type FrameParts } from '../../support/frame-builder.js';
import { sampleKey } from '../../support/sides.js';
import { MemoryStream } from './memory-stream.js';
import { turns } from './turns.js';
import { wireFrames, type WireFrame } from './wire-frames.js';

/** A WebSocket whose peer is the test itself, frame by frame. */
export interface RawPeer {
  readonly ws: WebSocket;
  readonly stream: MemoryStream;
  /** What `onError` heard. */
  readonly errors: unknown[];
  /** The frames that came from `ws` so far. */
  received(): WireFrame[];
  /** Sends frames in one chunk, masked if `ws` is a server, and lets them have their effect. */
  send(...frames: FrameParts[]): Promise<void>;
  /** The bytes of such frames. */
  bytesOf(...frames: FrameParts[]): Buffer;
}

/** A WebSocket over memory; its stream's high-water mark is that of a socket. */
export function rawPeer(options: OverOptions, stream = new MemoryStream()): RawPeer {
  const errors: unknown[] = [];
  const ws = WebSocket.over(stream, { onError: (error) => errors.push(error), ...options });
  const maskingKey = options.role === 'server' ? sampleKey : undefined;
  const bytesOf = (...frames: readonly FrameParts[]): Buffer =>
    Buffer.concat(frames.map((parts) => frame({ maskingKey, ...parts })));
  return {
    ws,
    stream,
    errors,
    bytesOf,
    received: () => wireFrames(stream.written),
    async send(...frames) {
      stream.feed(bytesOf(...frames));
      await turns();
    },
  };
}

export function text(message: string): FrameParts {
  return { opcode: 1, payload: Buffer.from(message) };
}

export function binary(payload: Uint8Array): FrameParts {
  return { opcode: 2, payload };
}

export function ping(payload = ''): FrameParts {
  return { opcode: 9, payload: Buffer.from(payload) };
}

export function pong(payload: Uint8Array): FrameParts {
  return { opcode: 10, payload };
}

/** A close frame; without a code, an empty one. RFC 6455, section 5.5.1. */
export function closeFrame(code?: number, reason = ''): FrameParts {
  if (code === undefined) return { opcode: 8 };
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
  return { opcode: 8, payload };
}
