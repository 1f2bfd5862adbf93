import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { LineProcess } from './line-process.mjs';
import { cores } from './pinning.mjs';

/** @import { PhaseResult } from '../generator/echo-load.mjs' */
/** @import { Pin } from './pinning.mjs' */
/** @import { Server } from './servers.mjs' */
/** @import { Workload } from './workloads.mjs' */

const generator = fileURLToPath(new URL('../generator/main.mjs', import.meta.url));

/**
 * Keeps glibc from giving read buffers back to the kernel after some process starts and not after others, which alone
 * changes the cost of a 1 KiB message by half.
 */
export const fixedMalloc = {
  MALLOC_TRIM_THRESHOLD_: '268435456',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TOP_PAD_: '16777216',
};

/**
 * One start of one server under one workload.
 *
 * @typedef {object} Sample
 * @property {number} cpuMicros CPU time of the server for one message, in microseconds
 * @property {number} messagesPerSecond
 * @property {number} messages
 * @property {number} serverLoad share of its core that the server used
 * @property {number} generatorLoad share of its core that the generator used
 * @property {number} foreignLoad cores that other programs used meanwhile
 * @property {number} rss of the server at the end, in bytes
 */

/**
 * @typedef {object} MeasureOptions
 * @property {Server} server
 * @property {Workload} workload
 * @property {boolean} mallocFixed
 * @property {number} warmUp in milliseconds; every reply of it is compared byte by byte
 * @property {number} duration in milliseconds
 * @property {boolean} verify compare every reply of the measured time too
 * @property {Pin} pin
 */

/**
 * Starts a server and a generator, lets them warm up, and measures. The server is asked for its CPU time while nothing is
 * in flight, so that it is the time of exactly the messages counted.
 *
 * @param {MeasureOptions} options
 * @returns {Promise<Sample>}
 */
export async function measure(options) {
  const { server, workload, mallocFixed, pin } = options;
  const command = [...server.command, ...(workload.strings ? ['--strings'] : [])];
  const env = { ...server.env, ...(mallocFixed ? fixedMalloc : {}) };
  const target = new LineProcess(server.name, pin(cores.server, command), env);
  const source = new LineProcess(
    'the load generator',
    pin(cores.generator, [process.execPath, generator]),
    fixedMalloc,
  );
  try {
    return await measureBetween(source, target, options);
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}

/**
 * @param {LineProcess} source
 * @param {LineProcess} target
 * @param {MeasureOptions} options
 * @returns {Promise<Sample>}
 */
async function measureBetween(source, target, { server, workload, warmUp, duration, verify }) {
  const { port } = await target.answer();
  await source.ask({ command: 'open', port, raw: server.raw ?? false, workload });
  await source.ask({ command: 'run', milliseconds: warmUp, verify: true });
  const before = await target.ask({ usage: true });
  const busyBefore = busySeconds();
  /** @type {PhaseResult} */
  const result = await source.ask({ command: 'run', milliseconds: duration, verify });
  const busy = busySeconds() - busyBefore;
  const after = await target.ask({ usage: true });
  await source.ask({ command: 'close' });
  return toSample(result, cpuSeconds(after) - cpuSeconds(before), busy, after.memory.rss);
}

/** @param {{ cpu: NodeJS.CpuUsage }} usage */
function cpuSeconds({ cpu }) {
  return (cpu.user + cpu.system) / 1e6;
}

/** Seconds that all cores together have worked, for whatever program. */
function busySeconds() {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys, 0) / 1000;
}

/**
 * @param {PhaseResult} result
 * @param {number} serverSeconds
 * @param {number} busy
 * @param {number} rss
 * @returns {Sample}
 */
function toSample({ messages, seconds, load }, serverSeconds, busy, rss) {
  const serverLoad = serverSeconds / seconds;
  return {
    cpuMicros: (serverSeconds * 1e6) / messages,
    messagesPerSecond: messages / seconds,
    messages,
    serverLoad,
    generatorLoad: load,
    // The clock of the cores ticks every 10 ms, so the difference can come out below nothing.
    foreignLoad: Math.max(0, busy / seconds - serverLoad - load),
    rss,
  };
}
