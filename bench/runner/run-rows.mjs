import { measure } from './measure.mjs';
import { summarize } from './results.mjs';
import { YARDSTICK } from './servers.mjs';

/** @import { Sample } from './measure.mjs' */
/** @import { MallocMode, Options } from './options.mjs' */
/** @import { Pin } from './pinning.mjs' */
/** @import { Row } from './results.mjs' */
/** @import { Server } from './servers.mjs' */
/** @import { Workload } from './workloads.mjs' */

const MALLOC_MATTERS_FROM = 1024;

/**
 * @typedef {object} Plan
 * @property {Workload} workload
 * @property {'default' | 'fixed'} malloc
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
 * @returns {('default' | 'fixed')[]}
 */
function mallocSettings({ sizes }, mode) {
  if (mode === 'default' || Math.max(...sizes) < MALLOC_MATTERS_FROM) return ['default'];
  return mode === 'both' ? ['default', 'fixed'] : ['fixed'];
}

/**
 * Measures one row: in every round each server once, started anew, in an order that moves on by one each round.
 * A server that fails is left out of the row from then on and named in it.
 *
 * @param {Plan} plan
 * @param {{ servers: Server[], options: Options, pin: Pin, onStart: (step: string) => void }} context
 * @returns {Promise<Row>}
 */
export async function runRow({ workload, malloc }, { servers, options, pin, onStart }) {
  const samples = new Map(servers.map(({ name }) => [name, noSamples()]));
  /** @type {Row['failures']} */
  const failures = [];
  for (const server of turns(servers, options.rounds)) {
    onStart(`${workload.name} ${server.name}`);
    const taken = samples.get(server.name);
    if (!taken) continue; // It has failed before.
    try {
      taken.push(
        await measure({ ...options, server, workload, mallocFixed: malloc === 'fixed', pin }),
      );
    } catch (error) {
      failures.push({ server: server.name, message: messageOf(error) });
      samples.delete(server.name);
    }
  }
  return { workload: workload.name, malloc, results: summarize(samples, YARDSTICK), failures };
}

/** @returns {Sample[]} */
function noSamples() {
  return [];
}

/**
 * Who is measured when: every server once a round, and each round begins with another one.
 *
 * @template T
 * @param {readonly T[]} servers
 * @param {number} rounds
 * @returns {T[]}
 */
function turns(servers, rounds) {
  return Array.from({ length: rounds }, (_, round) => {
    const first = round % servers.length;
    return [...servers.slice(first), ...servers.slice(0, first)];
  }).flat();
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
