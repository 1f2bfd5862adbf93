import assert from 'node:assert/strict';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

import { ProtocolError } from '@postern/core/protocol';

import {
  acceptDeflate,
  compressionDefaults,
  formatExtensions,
  Inflater,
  negotiateDeflate,
  parseExtensions,
} from '../core-internals.mjs';

/** @typedef {import('../random.mjs').Random} Random */
/** @typedef {{ message: Buffer } | { code: string }} Verdict */

/** The first byte of an input says what it is, one bit each. */
const Setup = { Header: 1, Narrow: 2, Takeover: 4, AfterMessage: 8 };

const CORRUPT = 'POSTERN_ERR_COMPRESSED_DATA';
const TOO_BIG = 'POSTERN_ERR_MESSAGE_TOO_BIG';

/** As many final blocks as the zlib codec takes of a message of less than 4 KiB. */
const FINAL_BLOCKS = 15;
const LARGEST = 262_144;

/** What a sender takes off the end of a message (RFC 7692, section 7.2.1). */
const tail = Buffer.from('0000ffff', 'hex');

const before = Buffer.from('what came before, to which a message may refer: {"type":"message"}');
const beforeCompressed = deflateRawSync(before, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(
  0,
  -4,
);

/**
 * permessage-deflate: a compressed message, which is judged by both codecs and by `node:zlib`, or, with the first bit
 * set, the header that negotiates it.
 */
export const deflate = { name: 'deflate', judge, make };

/** @param {Buffer} input */
function judge(input) {
  const setup = input[0] ?? 0;
  const rest = input.subarray(1);
  return (setup & Setup.Header) === 0
    ? judgeMessage(setup, rest)
    : judgeHeader(rest.toString('latin1'));
}

/** @param {string} value */
function judgeHeader(value) {
  const offers = parseExtensions(value);
  if (offers === undefined) return 'no list';
  const words = [];
  for (const bits of [8, 12, 15]) {
    const settings = {
      ...compressionDefaults,
      serverMaxWindowBits: bits,
      serverNoContextTakeover: bits === 8,
    };
    const answer = negotiateDeflate(offers, settings);
    words.push(answer === undefined ? 'declined' : formatExtensions([answer.response]));
    if (answer !== undefined) assertAgreement(answer.agreed);
    for (const response of offers) {
      const accepted = acceptDeflate(response, settings);
      if (accepted.ok) assertAgreement(accepted.agreed);
      words.push(accepted.ok ? 'accepted' : accepted.reason.slice(-40));
    }
  }
  return words.join('|').slice(0, 200);
}

/** @param {{ serverMaxWindowBits: number, clientMaxWindowBits: number }} agreed */
function assertAgreement({ serverMaxWindowBits, clientMaxWindowBits }) {
  for (const bits of [serverMaxWindowBits, clientMaxWindowBits]) {
    assert(Number.isInteger(bits) && bits >= 8 && bits <= 15, `window bits: ${bits}`);
  }
}

/**
 * @param {number} setup
 * @param {Buffer} payload
 */
async function judgeMessage(setup, payload) {
  const limit = (setup & Setup.Narrow) === 0 ? LARGEST : 512;
  const after = (setup & Setup.Takeover) !== 0 && (setup & Setup.AfterMessage) !== 0;
  const dictionary = after ? before : Buffer.alloc(0);
  const settings = { noContextTakeover: (setup & Setup.Takeover) === 0, windowBits: 15 };
  const ours = await inflate({ ...settings, codec: 'auto' }, payload, limit, after);
  const through = await inflate({ ...settings, codec: 'zlib' }, payload, limit, after);
  // Which of two faults is met first is a matter of the order in which bytes are looked at.
  const alike = 'message' in ours || 'message' in through;
  // zlib has to start afresh after each final block: a message with very many of them is refused there.
  if (alike && !hasManyEnds(payload, dictionary))
    assert.deepEqual(ours, through, 'the codecs differ');
  assertAsZlib(payload, ours, limit, dictionary);
  return 'message' in ours
    ? `${setup & 14} message ${Math.clz32(ours.message.length)}`
    : `${setup & 14} ${ours.code}`;
}

/**
 * @param {ConstructorParameters<typeof Inflater>[0]} settings
 * @param {Buffer} payload
 * @param {number} limit
 * @param {boolean} after
 * @returns {Promise<Verdict>}
 */
async function inflate(settings, payload, limit, after) {
  const inflater = new Inflater(settings);
  if (after) assert.deepEqual(await inflater.inflate(beforeCompressed, limit), before);
  try {
    const message = await inflater.inflate(Buffer.from(payload), limit);
    assert(message.length <= limit, `${message.length} bytes came of a limit of ${limit}`);
    assert(inflater.heldBytes <= 65_536, `${inflater.heldBytes} bytes are held`);
    return { message };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assert([CORRUPT, TOO_BIG].includes(error.code), error.code);
    return { code: error.code };
  } finally {
    inflater.release();
  }
}

/**
 * The same verdict as one pass of zlib over the payload and its tail, with these differences, all meant:
 *
 * - zlib stops at a final block and forgets the rest; here the message goes on after it (RFC 7692, section 7.2.3.4),
 *   so what zlib makes is the beginning of the message, and what comes after may still be corrupt or too much.
 * - zlib makes something of a message that was cut short; here that is corrupt.
 * - An empty payload is an empty message.
 *
 * @param {Buffer} payload
 * @param {Verdict} ours
 * @param {number} limit
 * @param {Buffer} dictionary
 */
function assertAsZlib(payload, ours, limit, dictionary) {
  const theirs = inflateByZlib(payload, limit, dictionary);
  if (!('message' in ours)) {
    if ('message' in theirs && ours.code === TOO_BIG)
      assert(theirs.goesOn, 'too big, and not for zlib');
    return;
  }
  if (payload.length === 0) return assert.equal(ours.message.length, 0);
  assert('message' in theirs, 'a message, and not for zlib');
  const start = ours.message.subarray(0, theirs.message.length);
  assert.deepEqual(
    theirs.goesOn ? start : ours.message,
    theirs.message,
    'another message than zlib makes',
  );
}

/**
 * @param {Buffer} payload
 * @param {number} limit
 * @param {Buffer} dictionary
 */
function inflateByZlib(payload, limit, dictionary) {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit, info: true };
  const given = dictionary.length === 0 ? options : { ...options, dictionary };
  try {
    const result = /** @type {{ buffer: Buffer, engine: { bytesWritten: number } }} */ (
      /** @type {unknown} */ (inflateRawSync(Buffer.concat([payload, tail]), given))
    );
    const taken = result.engine.bytesWritten;
    return { message: result.buffer, taken, goesOn: taken < payload.length };
  } catch (error) {
    return { code: String(/** @type {{ code?: unknown }} */ (error).code) };
  }
}

/**
 * Whether there are more final blocks within than the zlib codec takes of a message this short.
 *
 * @param {Buffer} payload
 * @param {Buffer} dictionary
 */
function hasManyEnds(payload, dictionary) {
  let [rest, known] = [payload, dictionary];
  for (let ends = 0; ends < FINAL_BLOCKS; ends += 1) {
    const pass = inflateByZlib(rest, LARGEST, known);
    if (!('message' in pass) || !pass.goesOn) return false;
    rest = rest.subarray(pass.taken);
    known = Buffer.concat([known, pass.message]).subarray(-32_768);
  }
  return true;
}

/**
 * A sound message, compressed in one of the ways there are.
 *
 * @param {Random} random
 */
function make(random) {
  const words = [
    '{"type":"message"}',
    'a',
    '\u0000',
    'lorem ipsum ',
    '€',
    String(random.below(1e9)),
  ];
  const text = Array.from({ length: random.below(60) }, () => random.pick(words)).join('');
  const final = random.oneIn(5);
  const compressed = deflateRawSync(text, {
    level: random.below(10),
    strategy: random.below(5),
    finishFlush: final ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
  });
  const setup = random.below(8) << 1;
  return Buffer.concat([Buffer.of(setup), final ? compressed : compressed.subarray(0, -4)]);
}
