/** @import { EchoConnection } from './echo-connection.mjs' */

/**
 * When the next message is sent.
 *
 * @typedef {object} Pace
 * @property {() => void} begin fills every window
 * @property {(connection: EchoConnection, completed: number, sending: boolean) => void} onReplies
 * @property {() => boolean} isIdle nothing is in flight any more
 */

/**
 * Every connection by itself: for every complete reply it sends one message more, and for all that came in one chunk as
 * many in one write.
 *
 * @implements {Pace}
 */
export class EchoPace {
  #connections;
  #depth;
  #busy = 0;

  /**
   * @param {readonly EchoConnection[]} connections
   * @param {number} depth messages in flight on each
   */
  constructor(connections, depth) {
    this.#connections = connections;
    this.#depth = depth;
  }

  begin() {
    this.#busy = this.#connections.length;
    for (const connection of this.#connections) connection.send(this.#depth);
  }

  /**
   * @param {EchoConnection} connection
   * @param {number} completed
   * @param {boolean} sending
   */
  onReplies(connection, completed, sending) {
    if (sending) connection.send(completed);
    else if (connection.inFlight === 0) this.#busy--;
  }

  isIdle() {
    return this.#busy === 0;
  }
}
