import { setTimeout as wait } from 'node:timers/promises';

/** @typedef {import('@postern/core').WebSocket} WebSocket */

/** Simulations that wait for a visitor, and visitors that wait for a simulation. First come, first served. */
export class Seats {
  /** @type {Set<WebSocket>} */
  #free = new Set();
  /** @type {Set<(simulation: WebSocket) => void>} */
  #queue = new Set();

  /** @param {WebSocket} simulation */
  offer(simulation) {
    if (!simulation.isOpen) return;
    const [next] = this.#queue;
    if (next) return next(simulation);
    this.#free.add(simulation);
    void simulation.closed.then(() => this.#free.delete(simulation));
  }

  /**
   * A simulation, now or within `patience` milliseconds; `undefined` when none has come, or `signal` aborts.
   *
   * @param {number} patience
   * @param {AbortSignal} signal
   * @returns {Promise<WebSocket | undefined>}
   */
  async take(patience, signal) {
    const [free] = this.#free;
    if (free) {
      this.#free.delete(free);
      return free;
    }
    const served = new AbortController();
    let simulation;
    const seat = (/** @type {WebSocket} */ offered) => {
      this.#queue.delete(seat);
      simulation = offered;
      served.abort();
    };
    this.#queue.add(seat);
    const options = { signal: AbortSignal.any([signal, served.signal]) };
    await wait(patience, undefined, options).catch(() => {});
    this.#queue.delete(seat);
    return simulation;
  }
}
