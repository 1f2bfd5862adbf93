import { applyMask, Opcode, type Role } from './frame.js';
import type { ByteQueue } from './byte-queue.js';

/** A frame that came from the peer under test, unmasked. */
export interface ReceivedFrame {
  readonly fin: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly payload: Buffer;
  /** Undefined when the frame was not masked. */
  readonly maskingKey: Buffer | undefined;
  /** The length was in the shortest form that holds it. */
  readonly shortestLength: boolean;
}

/** Takes one whole frame out of `bytes`; undefined, and nothing taken, until all of it is there. */
export function takeFrame(bytes: ByteQueue): ReceivedFrame | undefined {
  const head = bytes.peek(14);
  if (head.length < 2) return undefined;
  const lengthBytes = extraLengthBytes(head);
  const masked = (head[1]! & 0x80) !== 0;
  const headerLength = 2 + lengthBytes + (masked ? 4 : 0);
  if (head.length < headerLength) return undefined;
  const payloadLength = readLength(head, lengthBytes);
  if (bytes.length < headerLength + payloadLength) return undefined;
  bytes.take(headerLength);
  const maskingKey = masked
    ? Buffer.from(head.subarray(headerLength - 4, headerLength))
    : undefined;
  const payload = bytes.take(payloadLength);
  return {
    fin: (head[0]! & 0x80) !== 0,
    reserved: (head[0]! >> 4) & 0x7,
    opcode: head[0]! & 0xf,
    payload: maskingKey === undefined ? payload : applyMask(payload, maskingKey),
    maskingKey,
    shortestLength: lengthBytes === (payloadLength <= 125 ? 0 : payloadLength <= 0xffff ? 2 : 8),
  };
}

function extraLengthBytes(head: Buffer): 0 | 2 | 8 {
  const short = head[1]! & 0x7f;
  if (short === 127) return 8;
  return short === 126 ? 2 : 0;
}

function readLength(head: Buffer, lengthBytes: 0 | 2 | 8): number {
  if (lengthBytes === 0) return head[1]! & 0x7f;
  return lengthBytes === 2 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
}

const definedOpcodes: ReadonlySet<number> = new Set(Object.values(Opcode));

/** What RFC 6455 forbids `sender` about this frame on its own; undefined when it is as it should be. */
export function findFault(frame: ReceivedFrame, sender: Role): string | undefined {
  const masked = frame.maskingKey !== undefined;
  if (sender === 'client' && !masked) return 'sent a frame that is not masked (section 5.1)';
  if (sender === 'server' && masked) return 'sent a masked frame (section 5.1)';
  if (frame.reserved !== 0) return 'sent a frame with reserved bits (section 5.2)';
  if (!definedOpcodes.has(frame.opcode)) return 'sent a frame of a reserved opcode (section 5.2)';
  if (!frame.shortestLength) return 'sent a length in a longer form than needed (section 5.2)';
  if (frame.opcode < Opcode.Close) return undefined;
  if (!frame.fin) return 'sent a fragmented control frame (section 5.5)';
  if (frame.payload.length > 125)
    return 'sent a control frame of more than 125 bytes (section 5.5)';
  return undefined;
}
