import { keepFinding, readCorpus } from './corpus.mjs';
import { mutate } from './mutate.mjs';
import { Random } from './random.mjs';

/**
 * Something that takes bytes. `judge` throws when an input breaks a law; else it gives a short word for what became of
 * the input. An input with a new word is kept for further mutations, which is how the search gets deeper without
 * instrumented code.
 *
 * @typedef {object} Target
 * @property {string} name also of its folder in `corpus/`
 * @property {(input: Buffer) => string | Promise<string>} judge depends on nothing but the input
 * @property {(random: Random) => Buffer} [make] an input from nothing
 */

/** @typedef {{ target: string, inputs: number, words: number, findings: Finding[] }} Report */
/** @typedef {{ error: Error, input: Buffer, command: string }} Finding */

const LARGEST_POOL = 2000;
const MOST_FINDINGS = 10;

/**
 * Judges the seeds of `target`, then mutations of them, until `isOver` says so.
 *
 * @param {Target} target
 * @param {object} options
 * @param {number} options.seed
 * @param {(inputs: number) => boolean} options.isOver asked before every mutation
 * @param {(input: Buffer, error: Error) => string} [options.keep]
 * @returns {Promise<Report>}
 */
export async function fuzz(
  target,
  { seed, isOver, keep = keepFinding.bind(undefined, target.name) },
) {
  const random = new Random(seed);
  const words = new Set();
  /** @type {Buffer[]} */
  const pool = [];
  /** @type {Finding[]} */
  const findings = [];

  /** @param {Buffer} input */
  const take = async (input) => {
    try {
      const word = await target.judge(Buffer.from(input));
      if (words.has(word)) return;
      words.add(word);
      if (pool.length < LARGEST_POOL) pool.push(input);
    } catch (error) {
      findings.push({ error: asError(error), input, command: keep(input, asError(error)) });
    }
  };

  const seeds = readCorpus(target.name).map(({ bytes }) => bytes);
  for (const bytes of seeds) await take(bytes);
  pool.push(...seeds);
  let inputs = seeds.length;
  while (findings.length < MOST_FINDINGS && !isOver(inputs)) {
    await take(nextInput(target, pool, random));
    inputs += 1;
  }
  return { target: target.name, inputs, words: words.size, findings };
}

/**
 * @param {Target} target
 * @param {readonly Buffer[]} pool
 * @param {Random} random
 */
function nextInput(target, pool, random) {
  if (target.make !== undefined && random.oneIn(8)) {
    const made = target.make(random);
    return random.oneIn(2) ? made : mutate(made, random, random.pick(pool));
  }
  return mutate(random.pick(pool), random, random.pick(pool));
}

/** @param {unknown} error */
function asError(error) {
  return error instanceof Error ? error : new Error(String(error));
}
