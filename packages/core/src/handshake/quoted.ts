const LONGEST = 100;

/** Hosts, origins and lists are made of other characters: no quote, no bracket of a tag, no control. */
const UNSAFE = /[^\w.:/[\]%+~, -]/g;

/** A value from outside, in quotes, cut and cleaned so that nothing can be injected where it is printed. */
export function quoted(value: unknown): string {
  const text = String(value);
  const cut = text.length > LONGEST ? '...' : '';
  return `"${text.slice(0, LONGEST).replace(UNSAFE, '?')}${cut}"`;
}
