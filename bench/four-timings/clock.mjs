/**
 * Nanoseconds of the machine's monotonic clock: the same clock in every process of Node on this machine, so that a time
 * noted in one can be taken from a time noted in another.
 */
export function nanoseconds() {
  return Number(process.hrtime.bigint());
}
