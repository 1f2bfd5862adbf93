import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

import { closeFrame, readFrame, textFrame, type Frame } from './frames.js';
import { plainRequest, upgradeRequest, type Lines, type RequestLine } from './request-head.js';

/** The head of an HTTP response. */
export interface ResponseHead {
  readonly status: number;
  /** By name in lower case; several lines of one name in an array. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** A whole HTTP response. */
export interface Reply extends ResponseHead {
  readonly body: string;
}

/** A client of bytes: it sends what the test says and shows what came, with no HTTP library in between. */
export class RawClient {
  readonly socket: Duplex;
  readonly #transportSocket: Duplex;
  /** The socket is gone, whichever way. */
  readonly gone: Promise<void>;
  #chunks: Buffer[] = [];
  #hasEnded = false;
  #waiting: (() => void)[] = [];

  /** `transportSocket` is the one beneath TLS. */
  constructor(socket: Duplex, transportSocket: Duplex = socket) {
    this.socket = socket;
    this.#transportSocket = transportSocket;
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()));
    const onEnd = (): void => {
      this.#hasEnded = true;
      this.#wake();
    };
    socket
      .on('error', () => undefined)
      .on('end', onEnd)
      .on('close', onEnd);
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#wake();
    });
    onTestFinished(() => void socket.destroy());
  }

  // What it does.

  send(...parts: readonly (string | Uint8Array)[]): this {
    this.socket.write(Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1'))));
    return this;
  }

  /** Sends a sound opening handshake, with some lines changed. */
  ask(target: string, lines?: Lines, line?: RequestLine): this {
    return this.send(upgradeRequest(target, lines, line));
  }

  /** Sends an ordinary request. */
  get(target: string, lines?: Lines, line?: RequestLine): this {
    return this.send(plainRequest(target, lines, line));
  }

  /** Sends a text message. */
  say(text: string): this {
    return this.send(textFrame(text));
  }

  /** Ends its direction of the socket. */
  end(): this {
    this.socket.end();
    return this;
  }

  /** Loses the socket: RST over TCP. */
  reset(): this {
    const socket = this.#transportSocket as Partial<Socket> & Duplex;
    if (socket.remotePort === undefined) socket.destroy();
    else socket.resetAndDestroy?.();
    return this;
  }

  // What it sees.

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What has come and has not been taken. */
  get received(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!;
  }

  /** The next head of a response. */
  async head(): Promise<ResponseHead> {
    const end = await this.#until(() => {
      const found = this.received.indexOf('\r\n\r\n');
      return found === -1 ? undefined : found;
    }, 'a response');
    return parseHead(this.#take(end + 4).toString('latin1'));
  }

  /** The next response with its body; the socket stays. */
  async reply(): Promise<Reply> {
    const head = await this.head();
    return { ...head, body: (await this.body(head)).toString() };
  }

  /** What follows a head. */
  body({ status, headers }: ResponseHead): Promise<Buffer> {
    if (status < 200 || status === 204 || status === 304) return Promise.resolve(Buffer.alloc(0));
    if (headers['transfer-encoding'] === 'chunked') return this.#chunkedBody();
    const length = headers['content-length'];
    if (typeof length !== 'string') return this.#bodyUntilEnd();
    return this.#bytes(Number(length));
  }

  /** The next response, after which the server must end the socket, without one byte more. */
  async lastReply(): Promise<Reply> {
    const reply = await this.reply();
    await this.ended();
    if (this.received.length === 0) return reply;
    throw new Error(`expected the end, got ${this.received.toString('latin1')}`);
  }

  /** The 101; fails for any other answer. */
  async opened(): Promise<ResponseHead> {
    const head = await this.head();
    if (head.status === 101) return head;
    await this.ended();
    throw new Error(`expected a 101, got ${head.status} ${this.received.toString('latin1')}`);
  }

  async frame(): Promise<Frame> {
    const { frame, length } = await this.#until(() => readFrame(this.received), 'a frame');
    this.#take(length);
    return frame;
  }

  /** The next frame, which must be text. */
  async text(): Promise<string> {
    const { opcode, payload } = await this.frame();
    if (opcode === 1) return payload.toString();
    throw new Error(`expected text, got a frame of opcode ${opcode}: ${payload.toString('hex')}`);
  }

  /** The next frame, which must be a close frame: its code. */
  async closeCode(): Promise<number> {
    const { opcode, payload } = await this.frame();
    if (opcode === 8) return payload.length < 2 ? 1005 : payload.readUInt16BE();
    throw new Error(`expected a close frame, got one of opcode ${opcode}`);
  }

  /** Answers the server's close frame, and waits for the end: its code. */
  async closed(): Promise<number> {
    const code = await this.closeCode();
    this.send(closeFrame(code));
    await this.ended();
    return code;
  }

  /** The server has ended its direction, or the socket is gone. */
  async ended(): Promise<void> {
    while (!this.#hasEnded) await this.#change();
  }

  async #bodyUntilEnd(): Promise<Buffer> {
    await this.ended();
    return this.#take(this.received.length);
  }

  async #chunkedBody(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const end = await this.#until(() => {
        const found = this.received.indexOf('\r\n');
        return found === -1 ? undefined : found;
      }, 'a chunk');
      const length = Number.parseInt(this.#take(end + 2).toString('latin1'), 16);
      const part = (await this.#bytes(length + 2)).subarray(0, length);
      if (length === 0) return Buffer.concat(parts);
      parts.push(part);
    }
  }

  async #bytes(length: number): Promise<Buffer> {
    await this.#until(
      () => (this.#receivedLength() >= length ? true : undefined),
      `${length} bytes of a body`,
    );
    return this.#take(length);
  }

  #receivedLength(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0);
  }

  async #until<Result>(check: () => Result | undefined, what: string): Promise<Result> {
    for (;;) {
      const result = check();
      if (result !== undefined) return result;
      if (this.#hasEnded) {
        throw new Error(`expected ${what}, got the end after ${this.received.toString('latin1')}`);
      }
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #take(length: number): Buffer {
    const bytes = this.received;
    this.#chunks = [bytes.subarray(length)];
    return bytes.subarray(0, length);
  }
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
  return { status: Number(statusLine.split(' ')[1]), headers };
}
