/** What a frame carries. RFC 6455, section 5.2. */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;

/** One of these opcodes. */
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Control frames have the highest bit of the opcode set. RFC 6455, section 5.5. */
export const CONTROL_BIT = 0b1000;

/** The largest payload of a control frame, in bytes. RFC 6455, section 5.5. */
export const MAX_CONTROL_PAYLOAD = 125;
