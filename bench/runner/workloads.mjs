/** @import { PayloadKind } from '../generator/payload.mjs' */
/** @import { Feature } from './subjects.mjs' */

/**
 * What is measured of the program, and in what: see `runner/kinds/`.
 *
 * @typedef {'echo' | 'broadcast' | 'client' | 'handshake' | 'idle' | 'memory' | 'loop'} Kind
 */

/**
 * One row of the bench: what is sent, over how many connections, with how many messages in flight on each.
 *
 * @typedef {object} Workload
 * @property {string} name
 * @property {Kind} kind
 * @property {Feature} feature what a program must be able to do to be measured
 * @property {string} [yardstick] whom the others are compared with; `ws` where it does not say
 * @property {PayloadKind} payload
 * @property {number[]} sizes payload bytes of one message after the other, again and again
 * @property {number} connections
 * @property {number} depth messages in flight on each connection
 * @property {boolean} [compressed] with permessage-deflate and context takeover
 * @property {boolean} [secure] over TLS
 * @property {number} [priming] messages on each connection before anything is measured
 * @property {number} [atOnce] connections that are opened side by side
 * @property {number} [fragmentSize] payload bytes of one fragment; otherwise messages are not fragmented
 * @property {number} [writeSize] bytes the generator writes at once, whatever the frames are
 */

const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * @param {string} name
 * @param {PayloadKind} payload
 * @param {number} size
 * @param {Partial<Workload>} [more]
 * @returns {(connections: number, depth: number) => Workload}
 */
function row(name, payload, size, more = {}) {
  return (connections, depth) => ({
    name: `${name}-c${connections}-d${depth}`,
    kind: 'echo',
    feature: 'echo',
    payload,
    sizes: [size],
    connections,
    depth,
    ...more,
  });
}

const small = [
  row('echo-16', 'binary', 16),
  row('echo-128', 'text', 128),
  row('echo-1k', 'binary', KiB),
];
const utf8 = row('echo-utf8-1k', 'utf8', KiB, { feature: 'strings' });
const echo16k = row('echo-16k', 'binary', 16 * KiB);
const echo64k = row('echo-64k', 'binary', 64 * KiB);
const echo1m = row('echo-1m', 'binary', MiB);

const deflated = /** @type {const} */ ({ feature: 'deflate', compressed: true });
const deflate256 = row('deflate-256', 'json', 256, deflated);
const deflate2k = row('deflate-2k', 'json', 2 * KiB, deflated);
const deflate64k = row('deflate-64k', 'json', 64 * KiB, deflated);
const loop64k = row('loop-deflate-64k', 'json', 64 * KiB, {
  kind: 'loop',
  feature: 'loop',
  compressed: true,
});
const remembered = /** @type {const} */ ({ ...deflated, kind: 'memory', priming: 1, atOnce: 4 });

const broadcast = row('broadcast-128', 'text', 128, { kind: 'broadcast', feature: 'broadcast' });

const ofClient = /** @type {const} */ ({ kind: 'client', feature: 'client' });
const client128 = row('client-128', 'text', 128, ofClient);
const client16k = row('client-16k', 'binary', 16 * KiB, ofClient);

const beside = /** @type {const} */ ({ yardstick: 'postern listen' });
const growth = row('growth-128', 'text', 128, { feature: 'growth' });

/** What `pnpm bench` measures. */
export const mainWorkloads = [
  ...small.flatMap((size) => [size(1, 1), size(1, 16), size(64, 1), size(64, 16)]),
  utf8(64, 16),
  echo16k(64, 1),
  echo64k(1, 1),
  echo64k(1, 16),
  echo64k(16, 1),
  echo1m(1, 1),
  echo1m(4, 1),
  deflate256(16, 16),
  deflate256(64, 1),
  deflate2k(64, 1),
  deflate64k(8, 1),
  loop64k(1, 1),
  row('memory-deflate-2k', 'json', 2 * KiB, remembered)(1000, 1),
  row('memory-deflate-1m', 'json', MiB, remembered)(200, 1),
  broadcast(1000, 1),
  broadcast(1000, 8),
  row('tls-128', 'text', 128, { feature: 'tls', secure: true })(64, 16),
  client128(16, 16),
  client128(16, 1),
  client16k(4, 1),
  row('style-128', 'text', 128, { feature: 'style', ...beside })(64, 16),
  row('timer-128', 'text', 128, { feature: 'timer', yardstick: 'nextTick for each' })(64, 16),
  row('adapter-128', 'text', 128, { feature: 'adapter', ...beside })(64, 16),
  growth(10, 1),
  growth(100, 1),
  growth(1000, 1),
  growth(10_000, 1),
  ...ofConnections('-bare', 'connections'),
  ...ofConnections('-express', 'express', 'express-ws'),
  ...ofConnections('-fastify', 'fastify', '@fastify/websocket'),
  ...ofConnections('-koa', 'koa', 'koa-websocket'),
  ...ofConnections('-hono', 'hono', 'hono-ws'),
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
 * @param {Pick<Workload, 'payload' | 'sizes' | 'depth'> & Partial<Workload>} shape
 * @returns {Workload}
 */
function odd(name, shape) {
  const feature = shape.payload === 'binary' ? 'echo' : 'strings';
  return { name, kind: 'echo', feature, connections: 16, ...shape };
}

/**
 * What a handshake costs and what a connection weighs, without a message: on the bare server, and through a framework
 * beside that framework's own rival.
 *
 * @param {string} suffix
 * @param {Feature} feature
 * @param {string} [yardstick]
 * @returns {Workload[]}
 */
function ofConnections(suffix, feature, yardstick) {
  /** @type {Omit<Workload, 'name' | 'kind' | 'connections'>} */
  const shape = {
    feature,
    payload: 'binary',
    sizes: [0],
    depth: 0,
    ...(yardstick && { yardstick }),
  };
  return [
    { ...shape, name: `handshake${suffix}`, kind: 'handshake', connections: 16 },
    { ...shape, name: `idle${suffix}`, kind: 'idle', connections: 10_000 },
  ];
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
