import { cpus } from 'node:os';
import { pathOf } from './packages.mjs';
import { LineProcess } from './line-process.mjs';
import { cores } from './pinning.mjs';

/** @import { PhaseResult } from '../generator/load.mjs' */
/** @import { Pin } from './pinning.mjs' */
/** @import { Subject } from './subjects.mjs' */
/** @import { Workload } from './workloads.mjs' */

/**
 * How glibc deals with freed memory.
 *
 * @typedef {'default' | 'fixed' | 'returning'} Malloc
 */

/** @type {Record<Malloc, Record<string, string>>} */
const mallocSettings = {
  default: {},
  // Otherwise read buffers are given back to the kernel after some process starts and not after others, which alone
  // changes the cost of a 1 KiB message by half.
  fixed: {
    MALLOC_TRIM_THRESHOLD_: '268435456',
    MALLOC_MMAP_THRESHOLD_: '33554432',
    MALLOC_TOP_PAD_: '16777216',
  },
  // What is freed goes back to the kernel: where memory is measured, garbage is not to be counted.
  returning: { MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_MMAP_THRESHOLD_: '65536' },
};

/**
 * One start of one program under one workload.
 *
 * @typedef {object} Sample
 * @property {number} cost what the row is about, in its kind's unit
 * @property {number} perSecond how many of them in a second; 0 where none were counted
 * @property {number} messages how many were counted
 * @property {number} subjectLoad share of its core that the program used
 * @property {number} generatorLoad share of its core that the generator used
 * @property {number} foreignLoad cores that other programs used meanwhile
 * @property {number} rss of the program at the end, in bytes
 * @property {number} [replyBytes] of one compressed reply on the wire, its header included
 */

/**
 * @typedef {object} Context
 * @property {Subject} subject
 * @property {Workload} workload
 * @property {Malloc} malloc
 * @property {number} warmUp in milliseconds; every reply of it is compared byte by byte
 * @property {number} duration in milliseconds
 * @property {boolean} verify compare every reply of the measured time too
 * @property {Pin} pin
 */

/** @typedef {{ cpu: NodeJS.CpuUsage, memory: NodeJS.MemoryUsage, loop?: number[] }} Usage */

/**
 * Starts the program to measure.
 *
 * @param {Context} context
 * @param {string[]} [options] beside those that the workload asks for
 * @param {{ alone?: boolean }} [core] `alone`: without a core of its own
 */
export function startSubject({ subject, workload, malloc, pin }, options = [], core = {}) {
  const command = [...subject.command, `--${workload.feature}`, ...options];
  if (workload.compressed) command.push('--deflate');
  // Frameworks say and do more in development.
  const env = { NODE_ENV: 'production', ...subject.env, ...mallocSettings[malloc] };
  return new LineProcess(subject.name, core.alone ? command : pin(cores.server, command), env);
}

/** @param {Context} context */
export function startGenerator({ pin }) {
  const command = [process.execPath, pathOf('generator/main.mjs')];
  return new LineProcess('the load generator', pin(cores.generator, command), mallocSettings.fixed);
}

/**
 * CPU time of a program while the generator does something. The program is asked while nothing is in flight, so it is
 * the time of exactly what was counted.
 *
 * @param {LineProcess} target
 * @param {() => Promise<PhaseResult>} work
 * @returns {Promise<Sample>}
 */
export async function cpuDuring(target, work) {
  /** @type {Usage} */
  const before = await target.ask({ usage: true });
  const busyBefore = busySeconds();
  const result = await work();
  const busy = busySeconds() - busyBefore;
  /** @type {Usage} */
  const after = await target.ask({ usage: true });
  return toSample(result, cpuSeconds(after) - cpuSeconds(before), busy, after.memory.rss);
}

/** @param {Usage} usage */
function cpuSeconds({ cpu }) {
  return (cpu.user + cpu.system) / 1e6;
}

/** Seconds that all cores together have worked, for whatever program. */
function busySeconds() {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys, 0) / 1000;
}

/**
 * @param {PhaseResult} result
 * @param {number} subjectSeconds
 * @param {number} busy
 * @param {number} rss
 * @returns {Sample}
 */
function toSample({ messages, seconds, load, replyBytes }, subjectSeconds, busy, rss) {
  const subjectLoad = subjectSeconds / seconds;
  return {
    cost: (subjectSeconds * 1e6) / messages,
    perSecond: messages / seconds,
    messages,
    subjectLoad,
    generatorLoad: load,
    // The clock of the cores ticks every 10 ms, so the difference can come out below nothing.
    foreignLoad: Math.max(0, busy / seconds - subjectLoad - load),
    rss,
    ...(replyBytes > 0 && { replyBytes: replyBytes / messages }),
  };
}
