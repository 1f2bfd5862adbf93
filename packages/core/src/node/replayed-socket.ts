import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** What frameworks and their middleware ask of a request's socket. */
const ASKED = [
  'remoteAddress',
  'remotePort',
  'remoteFamily',
  'localAddress',
  'localPort',
  'encrypted',
  'authorized',
  'authorizationError',
] as const;

/**
 * Stands in for a client's socket before an HTTP server: it reads as the head of the upgrade request, sent once more,
 * and what is written to it goes to the real socket. Nothing else of a WebSocket client's ever passes here.
 */
export class ReplayedSocket<Handshake = unknown> extends Duplex {
  /** Whose request this is, until that has come. */
  #handshake: Handshake | undefined;
  readonly #socket: Duplex;
  #isHandedOver = false;
  /** Bytes of the chain's that have gone on to the real socket. */
  passedOn = 0;
  /** Called when there is room for more of a body. */
  onRoom: (() => void) | undefined;

  constructor(socket: Duplex, request: IncomingMessage, handshake: Handshake) {
    // A head goes on as the string that it is.
    super({ decodeStrings: false });
    this.#socket = socket;
    this.#handshake = handshake;
    this.push(renderRequest(request), 'latin1');
  }

  static {
    for (const name of ASKED) {
      Object.defineProperty(this.prototype, name, {
        get(this: ReplayedSocket) {
          return (this.#socket as Partial<Record<(typeof ASKED)[number], unknown>>)[name];
        },
      });
    }
  }

  /** The handshake, the first time; `undefined` for whatever else comes on this socket. */
  takeHandshake(): Handshake | undefined {
    const handshake = this.#handshake;
    this.#handshake = undefined;
    return handshake;
  }

  /** The real socket has a new owner: from here on it is left alone. */
  handOver(): void {
    this.#isHandedOver = true;
    this.destroy();
  }

  /** For middleware that sets these; the handshake's own deadline is what counts. */
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    (this.#socket as Partial<Socket>).setNoDelay?.(true);
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  override _read(): void {
    this.onRoom?.();
  }

  override _write(
    chunk: Buffer | string,
    encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    if (this.#isHandedOver) {
      callback();
    } else if (typeof chunk === 'string') {
      this.passedOn += Buffer.byteLength(chunk, encoding);
      this.#socket.write(chunk, encoding, callback);
    } else {
      this.passedOn += chunk.length;
      this.#socket.write(chunk, callback);
    }
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    // Destroyed before everything has gone out: whoever did that meant the client's socket.
    if (!this.#isHandedOver && !this.writableFinished) this.#socket.destroy();
    callback(error);
  }
}

/** The head as it came: `rawHeaders` keeps order, case and doubles. */
function renderRequest({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    head += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  }
  return `${head}\r\n`;
}
