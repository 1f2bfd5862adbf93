export { CloseCode, isSendableCloseCode } from './close-code.js';
export {
  checkCloseArguments,
  closePayload,
  parseClosePayload,
  type CloseStatus,
} from './close-frame.js';
export { PosternError, ProtocolError, StateError, type ErrorCode } from './errors.js';
export { checkFrame, type FrameContext } from './frame-check.js';
export {
  createFrameHeader,
  readFrameHeader,
  writeFrameHeader,
  type FrameHeader,
} from './frame-header.js';
export { FrameParser, type ControlSink, type FrameParserOptions } from './frame-parser.js';
export { createFrame, FIN, frameLength, writeFrame } from './frame-writer.js';
export { type MessageLimits, type MessageSink } from './message-assembler.js';
export { Opcode } from './opcode.js';
export { Protocol, type ProtocolOptions, type ProtocolSink, type Role } from './protocol.js';
export { nextState, type State, type Trigger } from './state.js';
export { TextBytes } from './text-bytes.js';
