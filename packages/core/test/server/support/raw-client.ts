import { connect as connectTcp, Socket } from 'node:net';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';

import { duplexPair } from '../../../src/testing/duplex-pair.js';
import { frame } from '../../support/frame-builder.js';
import { upgradeRequest, type Lines, type RequestLine } from './upgrade-request.js';

/** The head of an HTTP response. */
export interface ResponseHead {
  readonly statusLine: string;
  readonly status: number;
  /** By lower-case name; several lines of one name in an array. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Where to dial: a port of 127.0.0.1, or the path of a Unix socket; with `ca` over TLS. */
export type Address = ({ readonly port: number } | { readonly path: string }) & {
  readonly ca?: string;
};

const maskingKey = Buffer.from('37fa213d', 'hex');

/** A client of bytes: it sends what the test says and shows what came, with no HTTP library in between. */
export class RawClient {
  readonly socket: Duplex;
  readonly #transport: Duplex;
  /** The socket is gone, whichever way. */
  readonly gone: Promise<void>;
  /** What the socket failed with, as in `ECONNRESET`. */
  error: (Error & { readonly code?: string }) | undefined;
  #received: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | undefined;

  /** `transport` is what lies below TLS. */
  constructor(socket: Duplex, transport = socket) {
    this.socket = socket;
    this.#transport = transport;
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', (error) => (this.error = error));
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    const onEnd = (): void => {
      this.#ended = true;
      this.#wake?.();
      // As a TCP socket does by default; one in memory would stay half open.
      socket.end();
    };
    socket.on('end', onEnd).on('close', onEnd);
    onTestFinished(() => void socket.destroy());
  }

  /** What has come and has not been taken yet. */
  get received(): Buffer {
    return this.#received;
  }

  send(...parts: readonly (string | Uint8Array)[]): this {
    this.socket.write(Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1'))));
    return this;
  }

  /** Sends a sound opening handshake with some lines changed. */
  ask(lines?: Lines, requestLine?: RequestLine): this {
    return this.send(upgradeRequest(lines, requestLine));
  }

  /** Sends a whole text message. */
  say(text: string): this {
    return this.send(textFrame(text));
  }

  /** Ends our direction of the socket. */
  end(): void {
    this.socket.end();
  }

  /** Loses the socket: RST over TCP, also below TLS. */
  reset(): void {
    const transport = this.#transport;
    const isTcp = transport instanceof Socket && transport.remoteAddress !== undefined;
    if (isTcp) transport.resetAndDestroy();
    else transport.destroy();
  }

  /** The next head of a response; fails when the server ends before. */
  async head(): Promise<ResponseHead> {
    const end = await this.#until(() => {
      const found = this.#received.indexOf('\r\n\r\n');
      return found === -1 ? undefined : found;
    }, 'a response');
    return parseHead(this.#take(end + 4).toString('latin1'));
  }

  /** The next `length` bytes, as text. */
  async bytes(length: number): Promise<string> {
    const has = (): true | undefined => (this.#received.length >= length ? true : undefined);
    await this.#until(has, `${length} bytes`);
    return this.#take(length).toString();
  }

  /** A response with everything that follows it until the server ends the socket. */
  async response(): Promise<ResponseHead & { readonly body: string }> {
    const head = await this.head();
    await this.ended();
    return { ...head, body: this.#take(this.#received.length).toString() };
  }

  /** The opening handshake's 101; fails for any other answer. */
  async opened(): Promise<ResponseHead> {
    const head = await this.head();
    if (head.status !== 101) throw new Error(`expected a 101, got ${head.statusLine}`);
    return head;
  }

  /** The next frame of the server. */
  async frame(): Promise<RawFrame> {
    const length = await this.#until(() => frameLength(this.#received), 'a frame');
    const bytes = this.#take(length);
    return { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(headerLength(bytes)) };
  }

  /** The next frame, which must be a text message. */
  async text(): Promise<string> {
    const { opcode, payload } = await this.frame();
    if (opcode !== 1) throw new Error(`expected a text frame, got opcode ${opcode}`);
    return payload.toString();
  }

  /** The next frame, which must be a close frame: its code. */
  async closeCode(): Promise<number> {
    const { opcode, payload } = await this.frame();
    if (opcode !== 8) throw new Error(`expected a close frame, got opcode ${opcode}`);
    return payload.length < 2 ? 1005 : payload.readUInt16BE();
  }

  /** Answers the server's close frame and waits for the end: the code. */
  async closed(): Promise<number> {
    const code = await this.closeCode();
    this.send(closeFrame(code));
    await this.ended();
    return code;
  }

  /** The server has ended its direction, or the socket is gone. */
  async ended(): Promise<void> {
    while (!this.#ended) await this.#change();
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  async #until<Result>(check: () => Result | undefined, what: string): Promise<Result> {
    for (;;) {
      const result = check();
      if (result !== undefined) return result;
      if (this.#ended) {
        throw new Error(`expected ${what}, got the end after ${this.#received.toString('latin1')}`);
      }
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }
}

/** Dials a server that listens. */
export function dial(address: Address): RawClient {
  const { ca, ...where } = address;
  const transport = connectTcp('port' in where ? { host: '127.0.0.1', ...where } : where);
  if (ca === undefined) return new RawClient(transport);
  transport.on('error', () => undefined);
  return new RawClient(connectTls({ socket: transport, ca, servername: 'localhost' }), transport);
}

/** Dials a server that need not listen: no network. */
export function dialInMemory(server: Server): RawClient {
  const [near, far] = duplexPair();
  server.emit('connection', far);
  return new RawClient(near);
}

/** A masked text message in one frame. */
export function textFrame(text: string): Buffer {
  return frame({ opcode: 1, payload: Buffer.from(text), maskingKey });
}

/** A masked close frame; without a code an empty one. */
export function closeFrame(code?: number, reason = ''): Buffer {
  const payload = Buffer.alloc(code === undefined ? 0 : 2);
  if (code !== undefined) payload.writeUInt16BE(code);
  return frame({ opcode: 8, payload: Buffer.concat([payload, Buffer.from(reason)]), maskingKey });
}

function parseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.trimEnd().split('\r\n');
  const headers: Record<string, string | string[]> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return { statusLine, status: Number(statusLine.split(' ')[1]), headers };
}

/** The bytes of a server's frame before its payload. */
function headerLength(bytes: Buffer): number {
  const short = bytes[1]! & 0x7f;
  return short < 126 ? 2 : short === 126 ? 4 : 10;
}

/** The length of the first frame, once all of it is there. */
function frameLength(bytes: Buffer): number | undefined {
  if (bytes.length < 2 || bytes.length < headerLength(bytes)) return undefined;
  const header = headerLength(bytes);
  const short = bytes[1]! & 0x7f;
  const payload =
    header === 2 ? short : header === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return bytes.length < header + payload ? undefined : header + payload;
}
