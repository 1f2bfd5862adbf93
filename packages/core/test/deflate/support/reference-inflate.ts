/** What a compressed message says, and how far back it refers. */
export interface Inflated {
  readonly message: Buffer;
  readonly farthest: number;
  /** The types of its blocks, in order. */
  readonly blocks: readonly number[];
}

/** The code that has `lengths`, as its codes' bits in a string to its symbols. RFC 1951, section 3.2.2. */
function codeFor(lengths: readonly number[]): Map<string, number> {
  const code = new Map<string, number>();
  let next = 0;
  for (let length = 1; length <= 15; length += 1) {
    lengths.forEach((each, symbol) => {
      if (each !== length) return;
      code.set(next.toString(2).padStart(length, '0'), symbol);
      next += 1;
    });
    next *= 2;
  }
  return code;
}

const fixedLengths = [
  ...Array<number>(144).fill(8),
  ...Array<number>(112).fill(9),
  ...Array<number>(24).fill(7),
  ...Array<number>(8).fill(8),
];
const fixedCodes = [codeFor(fixedLengths), codeFor(Array<number>(32).fill(5))] as const;

/**
 * Inflates a message as slowly and plainly as RFC 1951 reads, to be compared with; throws when it is not whole.
 * `before` are the bytes of earlier messages.
 */
export function referenceInflate(payload: Uint8Array, before: Uint8Array = Buffer.of()): Inflated {
  const bytes = Buffer.concat([payload, Buffer.of(0x00, 0x00, 0xff, 0xff)]);
  const output = [...before];
  const blocks: number[] = [];
  let at = 0;
  let farthest = 0;

  function bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      if (at >= bytes.length * 8) throw new Error('the message ends within a block');
      value += ((bytes[at >> 3]! >> (at & 7)) & 1) << index;
      at += 1;
    }
    return value;
  }

  function symbol(code: Map<string, number>): number {
    for (let read = ''; read.length <= 15;) {
      read += bits(1);
      const found = code.get(read);
      if (found !== undefined) return found;
    }
    throw new Error('no such code');
  }

  function readCodes(): readonly [Map<string, number>, Map<string, number>] {
    const [literals, distances, count] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const own = Array<number>(19).fill(0);
    const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    for (const index of order.slice(0, count)) own[index] = bits(3);
    const code = codeFor(own);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const length = symbol(code);
      if (length < 16) lengths.push(length);
      else if (length === 16) lengths.push(...Array<number>(bits(2) + 3).fill(lengths.at(-1)!));
      else lengths.push(...Array<number>(length === 17 ? bits(3) + 3 : bits(7) + 11).fill(0));
    }
    return [codeFor(lengths.slice(0, literals)), codeFor(lengths.slice(literals))];
  }

  function readCoded([literals, distances]: readonly [Map<string, number>, Map<string, number>]) {
    for (;;) {
      const literal = symbol(literals);
      if (literal === 256) return;
      if (literal < 256) {
        output.push(literal);
        continue;
      }
      const code = literal - 257;
      const extra = code < 8 || code === 28 ? 0 : (code - 4) >> 2;
      const base = code < 8 ? code + 3 : ((4 + (code & 3)) << extra) + 3;
      const length = code === 28 ? 258 : base + bits(extra);
      const far = symbol(distances);
      const more = far < 4 ? 0 : (far >> 1) - 1;
      const distance = (far < 4 ? far + 1 : ((2 + (far & 1)) << more) + 1) + bits(more);
      if (far > 29 || distance > output.length) throw new Error('nothing is so far back');
      farthest = Math.max(farthest, distance);
      for (let index = 0; index < length; index += 1) output.push(output.at(-distance)!);
    }
  }

  while (at < bytes.length * 8) {
    const final = bits(1) === 1;
    const type = bits(2);
    blocks.push(type);
    if (type === 0) {
      at = Math.ceil(at / 8) * 8;
      const size = bits(16);
      if (bits(16) !== 0xffff - size) throw new Error('the size is not what it says');
      for (let index = 0; index < size; index += 1) output.push(bits(8));
    } else if (type === 1) readCoded(fixedCodes);
    else if (type === 2) readCoded(readCodes());
    else throw new Error('no such type of block');
    if (final) at = Math.ceil(at / 8) * 8;
  }
  return { message: Buffer.from(output.slice(before.length)), farthest, blocks };
}
