import { EchoConnection } from './echo-connection.mjs';
import { EchoScript } from './echo-script.mjs';

/** @import { Workload } from '../runner/workloads.mjs' */
/** @import { Phase } from './echo-connection.mjs' */

const DRAIN_TIMEOUT = 10_000;

/**
 * What one phase saw. Every message counted was sent and answered within it, none is left in flight.
 *
 * @typedef {object} PhaseResult
 * @property {number} messages
 * @property {number} seconds
 * @property {number} load the share of one core that the generator itself used
 * @property {number} messagesPerRead complete replies in one chunk, on average
 */

/** All connections of one workload to one server. */
export class EchoLoad {
  #connections;
  #phase;

  /**
   * @param {EchoConnection[]} connections
   * @param {Phase} phase
   */
  constructor(connections, phase) {
    this.#connections = connections;
    this.#phase = phase;
  }

  /**
   * Opens the workload's connections.
   *
   * @param {{ port: number, raw: boolean, workload: Workload }} target
   * @returns {Promise<EchoLoad>}
   */
  static async open({ port, raw, workload }) {
    const script = new EchoScript(workload, { raw });
    const { connections, writeSize = Infinity } = workload;
    const phase = { sending: false, verifying: true, messages: 0, reads: 0, onIdle: () => {} };
    const opened = Array.from({ length: connections }, (_, index) => {
      // Each begins somewhere else in the cycle: a reply meant for another connection is seen.
      const offset = (index * 7) % script.cycle;
      return EchoConnection.open({ port, raw, script, offset, writeSize, phase });
    });
    return new EchoLoad(await Promise.all(opened), phase);
  }

  /**
   * Keeps every window full for `milliseconds`, then waits until all is answered.
   *
   * @param {{ milliseconds: number, verify: boolean, drainTimeout?: number }} options `drainTimeout`: how long the last
   *   replies may take, in milliseconds
   * @returns {Promise<PhaseResult>}
   * @throws {Error} when not all messages were answered
   */
  async run({ milliseconds, verify, drainTimeout = DRAIN_TIMEOUT }) {
    Object.assign(this.#phase, { verifying: verify, messages: 0, reads: 0 });
    const cpu = process.cpuUsage();
    const start = performance.now();
    await this.#exchange(milliseconds, drainTimeout);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const { messages, reads } = this.#phase;
    if (messages === 0) throw new Error('no message came back');
    const load = (user + system) / 1e6 / seconds;
    return { messages, seconds, load, messagesPerRead: messages / reads };
  }

  /** Ends all connections. */
  close() {
    for (const connection of this.#connections) connection.destroy();
  }

  /**
   * @param {number} milliseconds
   * @param {number} drainTimeout
   * @returns {Promise<void>}
   */
  #exchange(milliseconds, drainTimeout) {
    const phase = this.#phase;
    let busy = this.#connections.length;
    return new Promise((resolve, reject) => {
      phase.sending = true;
      setTimeout(() => (phase.sending = false), milliseconds);
      const deadline = setTimeout(
        () => reject(this.#stalled(drainTimeout)),
        milliseconds + drainTimeout,
      );
      phase.onIdle = () => {
        if (--busy > 0) return;
        clearTimeout(deadline);
        resolve();
      };
      for (const connection of this.#connections) connection.start();
    });
  }

  /** @param {number} drainTimeout */
  #stalled(drainTimeout) {
    const missing = this.#connections.reduce((sum, { inFlight }) => sum + inFlight, 0);
    return new Error(`${missing} replies did not come within ${drainTimeout} ms`);
  }
}
