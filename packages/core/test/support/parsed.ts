import { FrameParser, type FrameParserOptions } from '../../src/protocol/frame-parser.js';
import type { Role } from '../../src/protocol/protocol.js';
import { byteByByte, cutAt, placed } from './chunks.js';
import { frame, type FrameParts } from './frame-builder.js';
import { RecordingSink, type SinkEvent } from './recording-sink.js';
import { sampleKey } from './sides.js';

export const roles = ['server', 'client'] as const;

/** Limits that no ordinary test comes near. */
const limits: FrameParserOptions = {
  allowCompressed: false,
  maxMessageSize: 1_048_576,
  maxFragments: 16,
};

/** A parser at this end of a connection, and the sink that hears it. */
export function parserFor(
  role: Role,
  options: Partial<FrameParserOptions> = {},
): { readonly sink: RecordingSink; readonly parser: FrameParser } {
  const sink = new RecordingSink();
  const parser = new FrameParser(sink, sink, role === 'server', { ...limits, ...options });
  return { sink, parser };
}

/** What the sink of such a parser hears when `chunks` come, up to the first failure. */
export function eventsOf(
  role: Role,
  chunks: readonly Buffer[],
  options: Partial<FrameParserOptions> = {},
): SinkEvent[] {
  const { sink, parser } = parserFor(role, options);
  for (const chunk of chunks) {
    if (sink.failed(() => parser.receive(chunk))) break;
  }
  return sink.events;
}

/** A frame as this end gets it. */
export function frameFor(
  role: Role,
  opcode: number,
  payload: Uint8Array,
  changes: Partial<FrameParts> = {},
): Buffer {
  const maskingKey = role === 'server' ? sampleKey : undefined;
  return frame({ opcode, payload, maskingKey, ...changes });
}

/** The bytes in one chunk, in two at every cut, and one by one. */
export function waysToCut(bytes: Buffer): Buffer[][] {
  const cuts = Array.from(bytes, (_, cut) => cutAt(bytes, [cut]));
  return [[placed(bytes, 3)], ...cuts, byteByByte(bytes)];
}
