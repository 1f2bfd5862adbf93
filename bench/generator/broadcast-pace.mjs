/** @import { EchoConnection } from './echo-connection.mjs' */
/** @import { Pace } from './echo-pace.mjs' */

/**
 * One connection sends, all of them receive: the next message leaves when everybody has an earlier one, and as many in
 * one write as the last to receive them got in one chunk.
 *
 * @implements {Pace}
 */
export class BroadcastPace {
  #connections;
  #depth;
  // How many have not received the message; the place of message m is m modulo depth.
  #missing;

  /**
   * @param {readonly EchoConnection[]} connections
   * @param {number} depth messages that not all have received
   */
  constructor(connections, depth) {
    this.#connections = connections;
    this.#depth = depth;
    this.#missing = new Int32Array(depth);
  }

  begin() {
    this.#publish(this.#depth);
  }

  /**
   * @param {EchoConnection} connection
   * @param {number} completed
   * @param {boolean} sending
   */
  onReplies({ received }, completed, sending) {
    let delivered = 0;
    for (let message = received - completed; message < received; message++) {
      if (--this.#missing[message % this.#depth] === 0) delivered++;
    }
    if (sending && delivered > 0) this.#publish(delivered);
  }

  isIdle() {
    return this.#missing.every((count) => count === 0);
  }

  /** @param {number} count */
  #publish(count) {
    const [publisher, ...others] = this.#connections;
    const first = publisher.received + publisher.inFlight;
    for (let message = first; message < first + count; message++) {
      this.#missing[message % this.#depth] = this.#connections.length;
    }
    for (const other of others) other.inFlight += count;
    publisher.send(count);
  }
}
