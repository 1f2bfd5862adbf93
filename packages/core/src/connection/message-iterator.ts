/** An iterator written by hand: an `async function*` costs 45 % of a small message. */
export class MessageIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly next: () => Promise<IteratorResult<T, undefined>>;

  constructor(next: () => Promise<IteratorResult<T, undefined>>) {
    this.next = next;
  }

  /** Leaving a loop leaves the connection as it is. */
  return(): Promise<IteratorResult<T, undefined>> {
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
