/** The levels, the least urgent first, with the numbers that pino gives them. `wslog` is ours: what connections do. */
export const levels = Object.freeze({
  trace: 10,
  debug: 20,
  info: 30,
  wslog: 35,
  warn: 40,
  error: 50,
  fatal: 60,
} as const);

/** How urgent a line is. */
export type Level = keyof typeof levels;

/** The least urgent level that is shown; `'silent'` shows nothing. */
export type Threshold = Level | 'silent';

/** A level for what pino says by a number; undefined for a number that is none of ours. */
export function levelOf(rank: unknown): Level | undefined {
  return (Object.keys(levels) as Level[]).find((level) => levels[level] === rank);
}

/** The number of a level; nothing reaches that of `'silent'`. */
export function rankOf(threshold: Threshold): number {
  return threshold === 'silent' ? Infinity : levels[threshold];
}

/** @throws {RangeError} when `value` is no level; it names the option. */
export function checkThreshold(option: string, value: unknown): Threshold {
  if (value === 'silent' || (typeof value === 'string' && Object.hasOwn(levels, value))) {
    return value as Threshold;
  }
  const expected = [...Object.keys(levels), 'silent'].join(', ');
  throw new RangeError(`${option} is ${String(value)}, expected one of ${expected}`);
}
