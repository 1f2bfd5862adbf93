import assert from 'node:assert/strict';

import { FrameParser, ProtocolError, TextBytes } from '@postern/core/protocol';

import { randomOf } from '../random.mjs';

/** @typedef {import('../random.mjs').Random} Random */

/**
 * The first byte of an input says how the parser is set up, one bit each; the rest comes off the wire.
 */
const Setup = { Client: 1, Compression: 2, TextAsBytes: 4, Narrow: 8 };

const LONGEST_HEADER = 14;
const LONGEST_CONTROL = 125;
/** What a header announces is believed this far ahead of what came, and no further. */
const GROWTH = 32;

/** The frame parser: whatever comes off the wire, at any boundary. */
export const frames = { name: 'frames', judge, make };

/** @param {Buffer} input */
function judge(input) {
  const setup = input[0] ?? 0;
  const bytes = input.subarray(1);
  const random = randomOf(input);
  const whole = hear(setup, [bytes], false);
  const byteByByte = hear(
    setup,
    Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
    false,
  );
  assert.deepEqual(byteByByte, whole, 'byte by byte is heard otherwise than in one chunk');
  for (let round = 0; round < 2; round += 1) {
    const cut = hear(setup, chunks(bytes, random), round === 1);
    assert.deepEqual(cut, whole, 'cut at random is heard otherwise than in one chunk');
  }
  return `${setup & 15} ${whole.map(wordOf).slice(-6).join(' ')}`;
}

/** @param {readonly [string, ...unknown[]]} event */
function wordOf([what, ...rest]) {
  return what === 'failed' ? `failed ${rest.join(' ')}` : what;
}

/**
 * What a parser's sink hears, with the failure as the last event.
 *
 * @param {number} setup
 * @param {readonly Uint8Array[]} pieces
 * @param {boolean} haltsOften
 */
function hear(setup, pieces, haltsOften) {
  /** @type {[string, ...unknown[]][]} */
  const events = [];
  const narrow = (setup & Setup.Narrow) !== 0;
  const maxMessageSize = narrow ? 64 : 4096;
  /** @param {[string, ...unknown[]]} event */
  const record = (...event) => {
    events.push(event);
    if (haltsOften) parser.halt();
  };
  const sink = {
    /** @param {string | Buffer | TextBytes} data @param {number} size */
    onMessage(data, size) {
      assert(size <= maxMessageSize, `a message of ${size} bytes came through`);
      if (typeof data === 'string') record('text', data, size);
      else if (data instanceof TextBytes) record('text', data.bytes.toString('utf8'), size);
      else record('binary', data.toString('hex'), size);
    },
    /** @param {Buffer} payload @param {boolean} text */
    onCompressedMessage: (payload, text) => record('compressed', payload.toString('hex'), text),
    /** @param {number} opcode @param {Buffer} payload */
    onControl(opcode, payload) {
      assert(payload.length <= LONGEST_CONTROL, 'a long control frame came through');
      record('control', opcode, payload.toString('hex'));
    },
  };
  const parser = new FrameParser(sink, sink, (setup & Setup.Client) === 0, {
    allowCompressed: (setup & Setup.Compression) !== 0,
    maxMessageSize,
    maxFragments: narrow ? 4 : 64,
  });
  if ((setup & Setup.TextAsBytes) !== 0) parser.keepTextAsBytes();
  // A compressed message may be a little longer on the wire than the limit for what it becomes.
  const mostHeld =
    maxMessageSize + Math.ceil(maxMessageSize / 16) + 64 + LONGEST_HEADER + LONGEST_CONTROL;
  let came = 0;
  try {
    for (const piece of pieces) {
      came += piece.length;
      // A parser unmasks in place: every run needs bytes of its own.
      parser.receive(Buffer.from(piece));
      if (haltsOften) resumeAll(parser);
      assert(
        parser.heldBytes <= Math.min(mostHeld, came * GROWTH),
        `${parser.heldBytes} bytes held`,
      );
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    events.push(['failed', error.code, error.closeCode]);
  }
  return events;
}

/** @param {FrameParser} parser */
function resumeAll(parser) {
  do parser.resume();
  while (parser.hasWaiting);
}

/**
 * @param {Buffer} bytes
 * @param {Random} random
 */
function chunks(bytes, random) {
  const pieces = [];
  for (let at = 0; at < bytes.length;) {
    const length = random.oneIn(3) ? random.below(4) : random.below(200);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

/**
 * Frames that are sound, for the most part.
 *
 * @param {Random} random
 */
function make(random) {
  const setup = random.below(16);
  const masked = (setup & Setup.Client) === 0;
  const all = Array.from({ length: 1 + random.below(8) }, () => makeFrame(random, masked));
  return Buffer.concat([Buffer.of(setup), ...all]);
}

/**
 * @param {Random} random
 * @param {boolean} masked
 */
function makeFrame(random, masked) {
  const opcode = random.pick([0, 0, 0, 1, 1, 2, 8, 9, 10]);
  const bits = random.pick([0x80, 0x80, 0x00, 0xc0, 0x40]);
  const length = random.pick([0, 1, 2, 5, 60, 125, 126, 127, 300, 4096]);
  const head = length < 126 ? Buffer.of(0, length) : Buffer.of(0, 126, length >> 8, length & 255);
  head[0] = bits | opcode;
  if (!masked) return Buffer.concat([head, textOf(random, length)]);
  head[1] = (head[1] ?? 0) | 0x80;
  const key = random.oneIn(2) ? Buffer.alloc(4) : random.bytes(4);
  const payload = textOf(random, length).map((byte, at) => byte ^ (key[at & 3] ?? 0));
  return Buffer.concat([head, key, payload]);
}

/**
 * Text for the most part, with characters of several bytes.
 *
 * @param {Random} random
 * @param {number} length
 */
function textOf(random, length) {
  const text = random.pick(['a', 'é', '€', '😀', 'plain ', '\u0000']);
  return Buffer.alloc(length, random.oneIn(6) ? random.bytes(3) : text);
}
