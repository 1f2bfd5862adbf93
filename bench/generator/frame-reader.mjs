import { Buffer } from 'node:buffer';

/**
 * One frame as it came, its payload unmasked.
 *
 * @typedef {object} Frame
 * @property {number} first the first byte: FIN, the reserved bits and the opcode
 * @property {Buffer} payload valid until the next frame only
 * @property {number} length of the whole frame on the wire, in bytes
 */

const LONGEST_HEADER = 14;

/**
 * Finds the frames in what a peer sent, however it was cut. Payloads are kept only while `wanted` says so.
 */
export class FrameReader {
  #header = Buffer.alloc(LONGEST_HEADER);
  #headerUsed = 0;
  #headerLength = 2;
  #payload = Buffer.alloc(0);
  #payloadLength = 0;
  #arrived = 0;

  /**
   * @param {Buffer} bytes
   * @param {number} length how many of them
   * @param {boolean} wanted whether payloads are to be kept
   * @param {(frame: Frame) => void} onFrame
   */
  read(bytes, length, wanted, onFrame) {
    let offset = 0;
    while (offset < length) {
      if (this.#headerUsed < this.#headerLength) {
        this.#header[this.#headerUsed++] = bytes[offset++];
        this.#measure();
      } else {
        const count = Math.min(length - offset, this.#payloadLength - this.#arrived);
        if (wanted) bytes.copy(this.#payload, this.#arrived, offset, offset + count);
        this.#arrived += count;
        offset += count;
      }
      if (this.#isWhole()) this.#finish(wanted, onFrame);
    }
  }

  #isWhole() {
    return this.#headerUsed === this.#headerLength && this.#arrived === this.#payloadLength;
  }

  #measure() {
    if (this.#headerUsed === 2) this.#headerLength = headerLengthOf(this.#header[1]);
    if (this.#headerUsed !== this.#headerLength) return;
    this.#payloadLength = payloadLengthOf(this.#header);
    if (this.#payload.length < this.#payloadLength) {
      this.#payload = Buffer.allocUnsafeSlow(this.#payloadLength);
    }
  }

  /**
   * @param {boolean} wanted
   * @param {(frame: Frame) => void} onFrame
   */
  #finish(wanted, onFrame) {
    const payload = this.#payload.subarray(0, this.#payloadLength);
    if (wanted && this.#header[1] & 0x80) {
      unmask(payload, this.#header.subarray(this.#headerLength - 4, this.#headerLength));
    }
    onFrame({ first: this.#header[0], payload, length: this.#headerLength + this.#payloadLength });
    this.#headerUsed = this.#arrived = this.#payloadLength = 0;
    this.#headerLength = 2;
  }
}

/** @param {number} second the second byte of a frame */
function headerLengthOf(second) {
  const short = second & 0x7f;
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
  return 2 + lengthBytes + (second & 0x80 ? 4 : 0);
}

/** @param {Buffer} header a whole one */
function payloadLengthOf(header) {
  const short = header[1] & 0x7f;
  if (short < 126) return short;
  return short === 126 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
}

/**
 * @param {Buffer} payload
 * @param {Buffer} key
 */
function unmask(payload, key) {
  for (let index = 0; index < payload.length; index++) payload[index] ^= key[index & 3];
}
