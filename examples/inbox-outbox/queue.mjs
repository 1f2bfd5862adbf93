/**
 * A queue of limited length between two tasks: who puts waits while it is full, who takes waits while it is empty.
 *
 * @template Item
 */
export class Queue {
  /** @type {Item[]} */
  #items = [];
  #capacity;
  #hasEnded = false;
  #wake = () => {};
  #changed = this.#nextChange();

  /** @param {number} capacity */
  constructor(capacity = 16) {
    this.#capacity = capacity;
  }

  /**
   * Resolves when there was room; with false when the queue has ended, and the item is not in it.
   *
   * @param {Item} item
   */
  async put(item) {
    while (this.#items.length >= this.#capacity && !this.#hasEnded) await this.#changed;
    if (this.#hasEnded) return false;
    this.#items.push(item);
    this.#change();
    return true;
  }

  /** The oldest item; `undefined` when the queue has ended and nothing is left. */
  async take() {
    while (this.#items.length === 0 && !this.#hasEnded) await this.#changed;
    const item = this.#items.shift();
    this.#change();
    return item;
  }

  /** No more items: what is in the queue can still be taken. */
  end() {
    this.#hasEnded = true;
    this.#change();
  }

  /** Takes item after item until the queue has ended. */
  async *[Symbol.asyncIterator]() {
    for (let item = await this.take(); item !== undefined; item = await this.take()) yield item;
  }

  #change() {
    this.#wake();
    this.#changed = this.#nextChange();
  }

  #nextChange() {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
