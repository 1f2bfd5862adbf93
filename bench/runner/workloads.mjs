/** @import { PayloadKind } from '../generator/payload.mjs' */

/**
 * One row of the bench: what is sent, over how many connections, with how many messages in flight on each.
 *
 * @typedef {object} Workload
 * @property {string} name
 * @property {PayloadKind} payload
 * @property {number[]} sizes payload bytes of one message after the other, again and again
 * @property {number} connections
 * @property {number} depth messages in flight on each connection
 * @property {boolean} [strings] servers that could pass text through as bytes must make strings of it
 * @property {number} [fragmentSize] payload bytes of one fragment; otherwise messages are not fragmented
 * @property {number} [writeSize] bytes the generator writes at once, whatever the frames are
 */

const KiB = 1024;
const MiB = 1024 * KiB;

/** @type {(name: string, payload: PayloadKind, size: number, more?: object) => (connections: number, depth: number) => Workload} */
const echo =
  (name, payload, size, more = {}) =>
  (connections, depth) => ({
    name: `${name}-c${connections}-d${depth}`,
    payload,
    sizes: [size],
    connections,
    depth,
    ...more,
  });

const small = [
  echo('echo-16', 'binary', 16),
  echo('echo-128', 'text', 128),
  echo('echo-1k', 'binary', KiB),
];
const utf8 = echo('echo-utf8-1k', 'utf8', KiB, { strings: true });
const echo16k = echo('echo-16k', 'binary', 16 * KiB);
const echo64k = echo('echo-64k', 'binary', 64 * KiB);
const echo1m = echo('echo-1m', 'binary', MiB);

/** What `pnpm bench` measures. */
export const echoWorkloads = [
  ...small.flatMap((size) => [size(1, 1), size(1, 16), size(64, 1), size(64, 16)]),
  utf8(64, 16),
  echo16k(64, 1),
  echo64k(1, 1),
  echo64k(1, 16),
  echo64k(16, 1),
  echo1m(1, 1),
  echo1m(4, 1),
];

// Around every change of the length field, and nothing at all.
const edges = [0, 1, 3, 4, 5, 7, 124, 125, 126, 127, 128, 1000, 65_535, 65_536, 65_537];

/** What `--verify` adds: shapes that find a byte in the wrong place rather than a slow path. */
export const oddWorkloads = [
  odd('odd-777', { payload: 'text', sizes: [777], depth: 7 }),
  odd('odd-edges', { payload: 'binary', sizes: edges, depth: 5 }),
  odd('odd-4k', { payload: 'binary', sizes: [4093, 4099, 8191, 8193], depth: 16 }),
  odd('odd-pieces', { payload: 'utf8', sizes: [0, 61, 613, 1201], depth: 9, writeSize: 509 }),
  odd('odd-fragments', { payload: 'utf8', sizes: [5000], depth: 4, fragmentSize: 700 }),
  odd('odd-long-fragments', { payload: 'utf8', sizes: [300_000], depth: 2, fragmentSize: 70_001 }),
];

/**
 * @param {string} name
 * @param {Omit<Workload, 'name' | 'connections'>} shape
 * @returns {Workload}
 */
function odd(name, shape) {
  return { name, connections: 16, strings: shape.payload !== 'binary', ...shape };
}

/**
 * The workloads called `only`, or whose names begin with it and a hyphen: `echo-16` is all of 16 bytes, not 16 KiB.
 *
 * @param {readonly Workload[]} workloads
 * @param {readonly string[]} only
 * @throws {RangeError} when nothing is called so
 */
export function selectWorkloads(workloads, only) {
  const wanted = (/** @type {string} */ name) =>
    only.some((prefix) => name === prefix || name.startsWith(`${prefix}-`));
  const selected = workloads.filter(({ name }) => wanted(name));
  if (selected.length > 0) return selected;
  const names = workloads.map(({ name }) => name).join(' ');
  throw new RangeError(`no workload is called ${only.join(', ')}; there are: ${names}`);
}
