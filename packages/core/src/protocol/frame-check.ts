import { CloseCode } from './close-code.js';
import { ProtocolError } from './errors.js';
import { isControl, RSV1, type FrameHeader } from './frame-header.js';
import { MAX_CONTROL_PAYLOAD, Opcode } from './opcode.js';

/** What decides whether a frame is allowed here. One record, brought up to date before each check. */
export interface FrameContext {
  /** Whether the peer must mask, as a client must (section 5.1). */
  expectMasked: boolean;
  /** Whether RSV1 may be set on the first frame of a message (RFC 7692, section 6). */
  allowCompressed: boolean;
  /** Whether a message has begun and not ended. */
  messageOpen: boolean;
  /** How many more payload bytes the message may have. */
  bytesLeft: number;
}

/**
 * Judges a frame by its header alone, before anything is allocated for it. RFC 6455, section 5.
 * @throws {ProtocolError} with 1002, or 1009 for a message over the limit.
 */
export function checkFrame(header: FrameHeader, context: FrameContext): void {
  checkReserved(header, context);
  if (header.masked !== context.expectMasked) {
    throw new ProtocolError(
      'POSTERN_ERR_MASK',
      header.masked
        ? 'masked frame from a server, expected an unmasked one'
        : 'unmasked frame from a client, expected a masked one',
    );
  }
  checkLength(header);
  if (isControl(header.opcode)) checkControl(header);
  else checkData(header, context);
}

function checkReserved(header: FrameHeader, context: FrameContext): void {
  if (header.reserved === 0) return;
  const compressedStart =
    header.reserved === RSV1 &&
    context.allowCompressed &&
    (header.opcode === Opcode.Text || header.opcode === Opcode.Binary);
  if (compressedStart) return;
  throw new ProtocolError(
    'POSTERN_ERR_RESERVED_BITS',
    `reserved bits ${header.reserved >>> 4} on a frame with opcode ${header.opcode}, expected 0`,
  );
}

function checkLength(header: FrameHeader): void {
  if (header.payloadLength >= 2 ** 63) {
    throw new ProtocolError(
      'POSTERN_ERR_LENGTH',
      'payload length with its top bit set, expected 0',
    );
  }
  if (header.minimal) return;
  throw new ProtocolError(
    'POSTERN_ERR_LENGTH',
    `payload length ${header.payloadLength} in a longer form than it needs, expected the shortest`,
  );
}

function checkControl(header: FrameHeader): void {
  if (
    header.opcode !== Opcode.Close &&
    header.opcode !== Opcode.Ping &&
    header.opcode !== Opcode.Pong
  ) {
    throw unknownOpcode(header.opcode);
  }
  if (!header.fin) {
    throw new ProtocolError('POSTERN_ERR_CONTROL_FRAME', 'fragmented control frame, expected FIN');
  }
  if (header.payloadLength > MAX_CONTROL_PAYLOAD) {
    throw new ProtocolError(
      'POSTERN_ERR_CONTROL_FRAME',
      `control frame of ${header.payloadLength} bytes, expected at most ${MAX_CONTROL_PAYLOAD}`,
    );
  }
}

function checkData(header: FrameHeader, context: FrameContext): void {
  if (header.opcode > Opcode.Binary) throw unknownOpcode(header.opcode);
  const continues = header.opcode === Opcode.Continuation;
  if (continues !== context.messageOpen) {
    throw new ProtocolError(
      'POSTERN_ERR_FRAGMENT',
      continues
        ? 'continuation frame outside a message, expected a first frame'
        : 'first frame inside an unfinished message, expected a continuation',
    );
  }
  if (header.payloadLength > context.bytesLeft) throw messageTooBig();
}

function unknownOpcode(opcode: number): ProtocolError {
  return new ProtocolError('POSTERN_ERR_OPCODE', `reserved opcode ${opcode}`);
}

export function messageTooBig(): ProtocolError {
  return new ProtocolError(
    'POSTERN_ERR_MESSAGE_TOO_BIG',
    'message larger than maxMessageSize',
    CloseCode.MessageTooBig,
  );
}
