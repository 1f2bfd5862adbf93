import { dial } from './dial.mjs';
import { DeflateScript } from './deflate-script.mjs';
import { EchoConnection } from './echo-connection.mjs';
import { EchoScript } from './echo-script.mjs';
import { Load, newPhase } from './load.mjs';

/** @import { Workload } from '../runner/workloads.mjs' */
/** @import { Agreed } from './opening-handshake.mjs' */
/** @import { Script } from './echo-script.mjs' */

const MIN_READ = 16_384;
const MAX_READ = 262_144;
/** Connections opened side by side; more at once do not fit the queue in which the kernel keeps them. */
const AT_ONCE = 128;

/**
 * Opens the workload's connections, and primes them where it wants that.
 *
 * @param {{ port: number, raw: boolean, workload: Workload }} target
 * @returns {Promise<Load>}
 */
export async function openLoad({ port, raw, workload }) {
  const phase = newPhase();
  const waiting = new Map();
  phase.onReplies = (connection) => {
    if (connection.inFlight === 0) waiting.get(connection)?.();
  };
  const scriptFor = scripts(workload, raw);
  const {
    secure = false,
    compressed = false,
    kind,
    writeSize = Infinity,
    connections,
    atOnce = AT_ONCE,
  } = workload;
  const opened = await inGroups(connections, atOnce, async (index) => {
    const script = scriptFor({});
    const link = await dial({ port, raw, secure, compressed }, readSizeOf(script));
    // Each begins somewhere else in the cycle: a reply meant for another connection is seen.
    const offset = kind === 'broadcast' ? 0 : (index * 7) % script.cycle;
    const options = { script: scriptFor(link.agreed), offset, writeSize, phase };
    const connection = new EchoConnection(link.socket, options);
    link.onBytes = (bytes, length) => connection.receive(bytes, length);
    await primed(connection, waiting);
    return connection;
  });
  return new Load(opened, workload, phase);
}

/**
 * The script for a connection, made once for all that agreed on the same.
 *
 * @param {Workload} workload
 * @param {boolean} raw
 * @returns {(agreed: Agreed) => Script}
 */
function scripts(workload, raw) {
  /** @type {Map<boolean, Script>} */
  const made = new Map();
  return ({ takeover = true }) => {
    const script =
      made.get(takeover) ??
      (workload.compressed
        ? new DeflateScript(workload, { takeover })
        : new EchoScript(workload, raw ? 'raw' : 'client'));
    made.set(takeover, script);
    return script;
  };
}

/** @param {Script} script */
function readSizeOf({ replyBytes, depth }) {
  return Math.ceil(Math.max(MIN_READ, Math.min(MAX_READ, 2 * replyBytes * depth)));
}

/**
 * Primes a connection, and waits for the replies.
 *
 * @param {EchoConnection} connection
 * @param {Map<EchoConnection, () => void>} waiting
 * @returns {Promise<void>}
 */
function primed(connection, waiting) {
  connection.prime();
  if (connection.inFlight === 0) return Promise.resolve();
  return new Promise((resolve) => waiting.set(connection, resolve));
}

/**
 * @template T
 * @param {number} count
 * @param {number} atOnce
 * @param {(index: number) => Promise<T>} make
 * @returns {Promise<T[]>}
 */
async function inGroups(count, atOnce, make) {
  /** @type {T[]} */
  const made = [];
  while (made.length < count) {
    const first = made.length;
    const size = Math.min(atOnce, count - first);
    made.push(...(await Promise.all(Array.from({ length: size }, (_, i) => make(first + i)))));
  }
  return made;
}
