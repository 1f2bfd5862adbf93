const SIZES = ['kB', 'MB', 'GB', 'TB'];

/** A number of bytes, short: `512 B`, `1.2 kB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  let unit = '';
  for (const next of SIZES) {
    if (value < 999.95) break;
    value /= 1000;
    unit = next;
  }
  return `${value.toFixed(1)} ${unit}`;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration, of which the two largest units are told: `3.2 ms`, `66 ms`, `41.2 s`, `2 min 5 s`, `3 h 0 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  const rounded = Math.round(milliseconds);
  if (rounded < SECOND) return `${rounded} ms`;
  if (rounded < MINUTE) return `${tenths(rounded / SECOND)} s`;
  if (rounded < HOUR) return pair(rounded, MINUTE, 'min', SECOND, 's');
  if (rounded < DAY) return pair(rounded, HOUR, 'h', MINUTE, 'min');
  return pair(rounded, DAY, 'd', HOUR, 'h');
}

/** Rounded down: 59.99 s are not 60.0 s. */
function tenths(value: number): string {
  return (Math.floor(value * 10) / 10).toFixed(1);
}

function pair(value: number, large: number, name: string, small: number, smallName: string) {
  return `${Math.floor(value / large)} ${name} ${Math.floor((value % large) / small)} ${smallName}`;
}

/** `1 message`, `2 messages`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
