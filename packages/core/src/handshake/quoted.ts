const LONGEST = 100;

/** What hosts, origins and methods are made of; no space, quote, bracket of a tag, or control. */
const UNSAFE = /[^\w.:/[\]%+~-]/g;

/** A value from outside, in quotes, cut and cleaned so that nothing can be injected where it is printed. */
export function quoted(value: unknown): string {
  const text = String(value);
  const cut = text.length > LONGEST ? '...' : '';
  return `"${text.slice(0, LONGEST).replace(UNSAFE, '?')}${cut}"`;
}
