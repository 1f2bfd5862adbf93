/** How often messages are shown: the same for every id, or for some ids. */
export type LimitOption = number | Readonly<Record<string, number>>;

/** Of so many ids the counts are kept; a text with a number in it is another id each time. */
const MOST_IDS = 1000;

interface Count {
  shown: number;
  hidden: number;
  since: number;
}

/** What becomes of a message: not shown, or shown with something appended. */
export type Verdict =
  { readonly isShown: false } | { readonly isShown: true; readonly note: string };

const SHOWN: Verdict = { isShown: true, note: '' };
const HIDDEN: Verdict = { isShown: false };

/** Counts messages by id, and stops those that have been shown often enough. */
export class MessageLimits {
  readonly #limit: LimitOption;
  readonly #interval: number;
  readonly #counts = new Map<string, Count>();

  /**
   * `interval`, in milliseconds, is the time after which counting begins anew; `Infinity` for never.
   * @throws {RangeError} when a limit or the interval is not a number of at least 0.
   */
  constructor(limit: LimitOption = Infinity, interval = Infinity) {
    for (const each of typeof limit === 'number' ? [limit] : Object.values(limit)) {
      checkNumber('limit', each);
    }
    checkNumber('limitInterval', interval);
    this.#limit = limit;
    this.#interval = interval;
  }

  /** Counts a message; `limit` is that of the call, which wins. */
  count(scope: string, id: string, limit: number = this.#limitOf(id)): Verdict {
    if (limit === Infinity) return SHOWN;
    const count = this.#countOf(`${scope}\0${id}`);
    if (count.shown >= limit) {
      count.hidden += 1;
      return HIDDEN;
    }
    count.shown += 1;
    return { isShown: true, note: this.#note(count, limit) };
  }

  #limitOf(id: string): number {
    if (typeof this.#limit === 'number') return this.#limit;
    return Object.hasOwn(this.#limit, id) ? this.#limit[id]! : Infinity;
  }

  #countOf(key: string): Count {
    const before = this.#counts.get(key);
    if (before !== undefined && Date.now() - before.since < this.#interval) return before;
    const count = { shown: 0, hidden: before?.hidden ?? 0, since: Date.now() };
    this.#counts.delete(key);
    this.#counts.set(key, count);
    if (this.#counts.size > MOST_IDS) this.#counts.delete(this.#counts.keys().next().value!);
    return count;
  }

  /** Nobody should wonder where the others are. */
  #note(count: Count, limit: number): string {
    const notes = [];
    if (count.hidden > 0) notes.push(`${count.hidden} like this were not shown`);
    count.hidden = 0;
    if (count.shown === limit) {
      const until = this.#interval === Infinity ? '' : ' for now';
      notes.push(`no more like this${until}`);
    }
    return notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  }
}

/** @throws {RangeError} when `value` is no number, or less than 0; it names the option. */
export function checkNumber(option: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new RangeError(`${option} is ${String(value)}, expected a number of at least 0`);
}
