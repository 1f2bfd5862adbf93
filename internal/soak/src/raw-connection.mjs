import { connect } from 'node:net';

import { below, readFrame } from './wire.mjs';

const PATIENCE = 30_000;
const head =
  'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';

/** A connection of bytes: what is sent goes out in any chunks, what comes is waited for. */
export class RawConnection {
  closed = false;
  #received = Buffer.alloc(0);
  /** @type {(() => void) | undefined} */
  #wake;

  /** @param {number} port */
  constructor(port) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    this.socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('end', () => this.socket.end());
    this.socket.on('close', () => {
      this.closed = true;
      this.#wake?.();
    });
  }

  /** Opens the WebSocket. @param {number} port @param {string} [lines] */
  static async open(port, lines = '') {
    const connection = new RawConnection(port);
    await connection.send(Buffer.from(`${head}${lines}\r\n`));
    const end = await connection.#until((bytes) => positive(bytes.indexOf('\r\n\r\n')), 'a head');
    const status = connection.#take(end + 4).toString('latin1', 9, 12);
    if (status !== '101') throw new Error(`expected a 101, got ${status}`);
    return connection;
  }

  /** Sends `bytes` in chunks of any size. @param {Buffer} bytes */
  async send(bytes) {
    for (let at = 0; at < bytes.length && !this.closed;) {
      const length = below(4) === 0 ? 1 + below(20) : 1 + below(40_000);
      this.socket.write(bytes.subarray(at, at + length));
      at += length;
      if (below(3) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The next frame; fails at the end. */
  async frame() {
    const found = await this.#until(readFrame, 'a frame');
    this.#take(found.length);
    return found;
  }

  /** Until the socket is gone. */
  async gone() {
    const deadline = Date.now() + PATIENCE;
    while (!this.closed) await this.#change(deadline, 'the end');
  }

  /**
   * @template Found
   * @param {(bytes: Buffer) => Found | undefined} find
   * @param {string} what
   * @returns {Promise<Found>}
   */
  async #until(find, what) {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const found = find(this.#received);
      if (found !== undefined) return found;
      if (this.closed) throw new Error(`expected ${what}, got the end`);
      await this.#change(deadline, what);
    }
  }

  /** @param {number} deadline @param {string} what */
  #change(deadline, what) {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`expected ${what} within ${PATIENCE / 1000} s`));
      const timer = setTimeout(late, deadline - Date.now());
      this.#wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }

  /** @param {number} length */
  #take(length) {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }
}

/** @param {number} index */
function positive(index) {
  return index < 0 ? undefined : index;
}
