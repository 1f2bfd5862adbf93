// Runs in the page.

/** How long a sample is shown, in milliseconds. */
export const SPAN = 60_000;

/** The round trips of one kind, in milliseconds, over the last minute. */
export class Samples {
  /** @type {{ time: number, value: number }[]} a `value` that is not a number is a gap */
  all = [];

  /**
   * @param {number} value
   * @param {number} time
   */
  add(value, time = performance.now()) {
    this.all.push({ time, value });
    while (this.all[0].time < time - SPAN) this.all.shift();
  }

  /** Nothing is known from here on. */
  interrupt() {
    if (Number.isFinite(this.last)) this.add(Number.NaN);
  }

  get last() {
    return this.all.at(-1)?.value ?? Number.NaN;
  }

  /**
   * The round trip that this share of all did not exceed.
   *
   * @param {number} share 0.5 for the median
   */
  quantile(share) {
    const values = this.all.map(({ value }) => value).filter(Number.isFinite);
    values.sort((a, b) => a - b);
    return values[Math.ceil(share * values.length) - 1] ?? Number.NaN;
  }
}

/**
 * Milliseconds as people read them: three digits, and microseconds below one.
 *
 * @param {number} value
 */
export function inWords(value) {
  if (!Number.isFinite(value)) return '–';
  if (value < 0.9995) return `${Math.round(value * 1000)} µs`;
  if (value < 999.5) return `${Number(value.toPrecision(3))} ms`;
  return `${Number((value / 1000).toPrecision(3))} s`;
}
