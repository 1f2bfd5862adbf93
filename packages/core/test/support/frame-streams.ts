import * as fc from 'fast-check';

import type { Role } from '../../src/protocol/protocol.js';
import { frame, type FrameParts } from './frame-builder.js';

/** A frame without its masking key, which the role decides on. */
type BareFrame = Omit<FrameParts, 'maskingKey'>;

const smallBytes = fc.uint8Array({ maxLength: 150 });
const anyText = fc.string({ unit: 'binary', maxLength: 80 }).map((text) => Buffer.from(text));
const controlPayload = fc.uint8Array({ maxLength: 125 });

/** Payloads around the three length forms and around the length from which words are masked. */
const edgePayload = fc
  .constantFrom(0, 1, 3, 4, 5, 47, 48, 49, 63, 64, 65, 125, 126, 127, 128, 4095, 4096)
  .map((length) => Buffer.alloc(length, 'postern '));

/** A rare one is longer than 65,535 bytes. */
const hugePayload = fc
  .integer({ min: 65_534, max: 65_538 })
  .map((length) => Buffer.alloc(length, 'gate '));

const maskingKey = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant(new Uint8Array(4)) },
);

const pingOrPong: fc.Arbitrary<BareFrame> = fc.record({
  opcode: fc.constantFrom(9, 10),
  payload: controlPayload,
});

const closePayload = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc
    .tuple(
      fc.oneof(fc.constantFrom(1000, 1001, 1003, 1007, 1014, 3000, 4999), fc.nat(65_535)),
      fc.string({ unit: 'binary', maxLength: 30 }),
    )
    .map(([code, reason]) =>
      Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]).subarray(0, 125),
    ),
  controlPayload,
);

const close: fc.Arbitrary<BareFrame> = fc.record({
  opcode: fc.constant(8),
  payload: closePayload,
});

/** The frames of one message, with control frames between its fragments. */
function messageFrames(
  opcode: number,
  payload: fc.Arbitrary<Uint8Array>,
  reserved: number,
): fc.Arbitrary<BareFrame[]> {
  const cuts = fc.array(fc.tuple(fc.nat(200), fc.array(pingOrPong, { maxLength: 1 })), {
    maxLength: 4,
  });
  return fc.tuple(payload, cuts).map(([bytes, between]) => {
    const places = between
      .map(([cut, controls]) => ({ cut: cut % (bytes.length + 1), controls }))
      .toSorted((a, b) => a.cut - b.cut);
    const frames: BareFrame[] = [];
    let from = 0;
    for (const { cut, controls } of places) {
      frames.push(fragment(opcode, bytes.subarray(from, cut), frames.length === 0, reserved));
      frames.push(...controls);
      from = cut;
    }
    const last = fragment(opcode, bytes.subarray(from), frames.length === 0, reserved);
    return [...frames, { ...last, fin: true }];
  });
}

function fragment(
  opcode: number,
  payload: Uint8Array,
  first: boolean,
  reserved: number,
): BareFrame {
  return first
    ? { opcode, payload, fin: false, reserved }
    : { opcode: 0, payload, fin: false, reserved: 0 };
}

const payloads = fc.oneof(
  { weight: 6, arbitrary: smallBytes },
  { weight: 3, arbitrary: edgePayload },
  { weight: 1, arbitrary: hugePayload },
);

/** A message in many short fragments. */
function shortFragments(
  opcode: number,
  payload: fc.Arbitrary<Uint8Array>,
  reserved: number,
): fc.Arbitrary<BareFrame[]> {
  const lengths = fc.array(fc.oneof(fc.nat(3), fc.nat(130)), { minLength: 5, maxLength: 40 });
  return fc.tuple(payload, lengths).map(([bytes, sizes]) => {
    let from = 0;
    const frames = sizes.map((size, index) => {
      const part = bytes.subarray(from, (from += size));
      return fragment(opcode, part, index === 0, reserved);
    });
    return [...frames, { opcode: 0, payload: bytes.subarray(from) }];
  });
}

const legalMessage = fc.oneof(
  shortFragments(1, fc.oneof(anyText, edgePayload), 0),
  shortFragments(2, payloads, 0),
  messageFrames(1, anyText, 0),
  messageFrames(1, edgePayload, 0),
  messageFrames(2, payloads, 0),
);

const compressedMessage = fc.oneof(
  messageFrames(1, payloads, 4),
  messageFrames(2, payloads, 4),
  shortFragments(1, payloads, 4),
);

/** Anything that has the shape of a frame: most are wrong somewhere. */
const oddFrame: fc.Arbitrary<BareFrame> = fc.record(
  {
    opcode: fc.nat(15),
    fin: fc.boolean(),
    reserved: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat(7) },
    ),
    payload: fc.oneof(smallBytes, anyText),
    lengthForm: fc.constantFrom(16, 64),
    announced: fc.oneof(
      fc.bigInt({ min: 0n, max: 200n }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.constantFrom(2n ** 63n, 2n ** 63n - 1n, 2n ** 53n, 2n ** 53n - 1n),
    ),
  },
  { requiredKeys: ['opcode', 'fin', 'reserved', 'payload'] },
);

/** A data frame with nothing wrong in itself, which may come where it has no place. */
const strayFrame: fc.Arbitrary<BareFrame> = fc.record({
  opcode: fc.nat(2),
  fin: fc.boolean(),
  payload: fc.oneof(smallBytes, anyText),
});

/** A header that says something its length form cannot hold is not to be built. */
function buildable(parts: BareFrame): boolean {
  const length = parts.announced ?? BigInt(parts.payload?.length ?? 0);
  return parts.lengthForm !== 16 || length <= 0xffffn;
}

function toBytes(frames: fc.Arbitrary<BareFrame[]>, role: Role): fc.Arbitrary<Buffer> {
  const keys = fc.array(maskingKey, { minLength: 1, maxLength: 4 });
  return fc
    .tuple(frames, keys)
    .map(([parts, some]) =>
      Buffer.concat(
        parts.map((part, index) =>
          role === 'client'
            ? frame(part)
            : frame({ ...part, maskingKey: some[index % some.length] }),
        ),
      ),
    );
}

/** Streams of whole messages and control frames with nothing wrong in them, for a peer of this role to get. */
export function legalStream(role: Role): fc.Arbitrary<Buffer> {
  const pieces = fc.array(
    fc.oneof(
      legalMessage,
      pingOrPong.map((ping) => [ping]),
    ),
    { maxLength: 5 },
  );
  return toBytes(
    pieces.map((piece) => piece.flat()),
    role,
  );
}

/** Streams that are right up to some point: odd frames, changed bytes, sudden ends. */
export function anyStream(role: Role): fc.Arbitrary<Buffer> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: legalMessage },
    { weight: 2, arbitrary: compressedMessage },
    { weight: 2, arbitrary: pingOrPong.map((ping) => [ping]) },
    { weight: 1, arbitrary: close.map((frames) => [frames]) },
    { weight: 1, arbitrary: strayFrame.map((stray) => [stray]) },
    { weight: 2, arbitrary: oddFrame.filter(buildable).map((odd) => [odd]) },
  );
  const pieces = fc.array(piece, { maxLength: 6 }).map((list) => list.flat());
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 });
  const loss = fc.oneof(fc.constant(0), fc.nat(40));
  return fc.tuple(toBytes(pieces, role), changes, loss).map(([bytes, changed, lost]) => {
    const stream = Buffer.from(bytes.subarray(0, Math.max(0, bytes.length - lost)));
    for (const [at, value] of changed) if (stream.length > 0) stream[at % stream.length] = value;
    return stream;
  });
}
