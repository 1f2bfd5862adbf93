import { BroadcastPace } from './broadcast-pace.mjs';
import { EchoPace } from './echo-pace.mjs';

/** @import { Workload } from '../runner/workloads.mjs' */
/** @import { EchoConnection, Phase } from './echo-connection.mjs' */

const DRAIN_TIMEOUT = 10_000;

/**
 * What one phase saw. Every message counted was sent and answered within it, none is left in flight.
 *
 * @typedef {object} PhaseResult
 * @property {number} messages
 * @property {number} seconds
 * @property {number} load the share of one core that the generator itself used
 * @property {number} messagesPerRead complete replies in one chunk, on average
 * @property {number} replyBytes of all replies, where their length is the server's choice; otherwise 0
 */

/** All connections of one workload. */
export class Load {
  #connections;
  #pace;
  #phase;
  #sending = false;
  #messages = 0;
  /** Called when nothing is in flight any more and nothing more is to be sent. */
  #onIdle = () => {};

  /**
   * @param {EchoConnection[]} connections
   * @param {Workload} workload
   * @param {Phase} phase the one that the connections were made with
   */
  constructor(connections, { kind, depth }, phase) {
    this.#connections = connections;
    this.#phase = phase;
    const Pace = kind === 'broadcast' ? BroadcastPace : EchoPace;
    this.#pace = new Pace(connections, depth);
    phase.onReplies = (connection, completed) => {
      this.#messages += completed;
      this.#pace.onReplies(connection, completed, this.#sending);
      if (!this.#sending && this.#pace.isIdle()) this.#onIdle();
    };
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
    Object.assign(this.#phase, { verifying: verify, reads: 0 });
    this.#messages = 0;
    const bytesBefore = this.#replyBytes();
    const cpu = process.cpuUsage();
    const start = performance.now();
    await this.#exchange(milliseconds, drainTimeout);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const messages = this.#messages;
    if (messages === 0) throw new Error('no message came back');
    const load = (user + system) / 1e6 / seconds;
    const replyBytes = this.#replyBytes() - bytesBefore;
    return { messages, seconds, load, messagesPerRead: messages / this.#phase.reads, replyBytes };
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
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => reject(this.#stalled(drainTimeout)),
        milliseconds + drainTimeout,
      );
      this.#onIdle = () => {
        clearTimeout(deadline);
        resolve();
      };
      setTimeout(() => {
        this.#sending = false;
        if (this.#pace.isIdle()) this.#onIdle();
      }, milliseconds);
      this.#sending = true;
      this.#pace.begin();
    });
  }

  #replyBytes() {
    return this.#connections.reduce((sum, { replyBytes }) => sum + replyBytes, 0);
  }

  /** @param {number} drainTimeout */
  #stalled(drainTimeout) {
    const missing = this.#connections.reduce((sum, { inFlight }) => sum + inFlight, 0);
    return new Error(`${missing} replies did not come within ${drainTimeout} ms`);
  }
}

/** @returns {Phase} */
export function newPhase() {
  return { verifying: true, reads: 0, onReplies: () => {} };
}
