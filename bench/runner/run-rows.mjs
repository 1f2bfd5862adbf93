import { kinds } from './kinds/kinds.mjs';
import { summarize } from './results.mjs';
import { YARDSTICK } from './subjects.mjs';

/** @import { Malloc, Sample } from './measure.mjs' */
/** @import { MallocMode, Options } from './options.mjs' */
/** @import { Pin } from './pinning.mjs' */
/** @import { Row } from './results.mjs' */
/** @import { Subject } from './subjects.mjs' */
/** @import { Workload } from './workloads.mjs' */

const MALLOC_MATTERS_FROM = 1024;

/**
 * @typedef {object} Plan
 * @property {Workload} workload
 * @property {Malloc} malloc
 */

/**
 * The rows to measure: a workload once, or once for each setting of malloc.
 *
 * @param {readonly Workload[]} workloads
 * @param {MallocMode} mode
 * @returns {Plan[]}
 */
export function planRows(workloads, mode) {
  return workloads.flatMap((workload) =>
    mallocSettings(workload, mode).map((malloc) => ({ workload, malloc })),
  );
}

/**
 * @param {Workload} workload
 * @param {MallocMode} mode
 * @returns {Malloc[]}
 */
function mallocSettings({ kind, sizes }, mode) {
  if (mode === 'default' || kind === 'idle') return ['default'];
  if (kind === 'memory') return ['returning'];
  if (Math.max(...sizes) < MALLOC_MATTERS_FROM) return ['default'];
  return mode === 'both' ? ['default', 'fixed'] : ['fixed'];
}

/**
 * Measures one row: in every round each program once, started anew, in an order that moves on by one each round.
 * A program that fails is left out of the row from then on and named in it.
 *
 * @param {Plan} plan
 * @param {{ subjects: Subject[], options: Options, pin: Pin, onStart: (step: string) => void }} context
 * @returns {Promise<Row>}
 */
export async function runRow({ workload, malloc }, { subjects, options, pin, onStart }) {
  const { name, kind, yardstick = YARDSTICK } = workload;
  const samples = new Map(subjects.map((subject) => [subject.name, noSamples()]));
  /** @type {Row['failures']} */
  const failures = [];
  for (const subject of turns(subjects, options.rounds)) {
    onStart(`${name} ${subject.name}`);
    const taken = samples.get(subject.name);
    if (!taken) continue; // It has failed before.
    try {
      taken.push(await kinds[kind].measure({ ...options, subject, workload, malloc, pin }));
    } catch (error) {
      failures.push({ subject: subject.name, message: messageOf(error) });
      samples.delete(subject.name);
    }
  }
  const results = summarize(samples, yardstick);
  const date = new Date().toISOString();
  return { date, workload: name, kind, yardstick, malloc, results, failures };
}

/** @returns {Sample[]} */
function noSamples() {
  return [];
}

/**
 * Who is measured when: every program once a round, and each round begins with another one.
 *
 * @template T
 * @param {readonly T[]} all
 * @param {number} rounds
 * @returns {T[]}
 */
function turns(all, rounds) {
  return Array.from({ length: rounds }, (_, round) => {
    const first = round % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
  }).flat();
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
