import { COUNT } from './lanterns.mjs';

/**
 * What a page asks for: `{"lantern":2,"push":-1.5}`, `{"lantern":2,"hold":0.3}` or `{"letGo":true}`.
 * Anybody can send anything, so `undefined` for all else.
 *
 * @param {string | Buffer} data
 * @returns {{ lantern?: number, push?: number, hold?: number, letGo?: boolean } | undefined}
 */
export function wishOf(data) {
  const wish = typeof data === 'string' ? parsed(data) : undefined;
  if (wish?.letGo === true) return { letGo: true };
  if (!Number.isInteger(wish?.lantern) || wish.lantern < 0 || wish.lantern >= COUNT) {
    return undefined;
  }
  const { lantern, push, hold } = wish;
  if (Number.isFinite(push)) return { lantern, push };
  if (Number.isFinite(hold)) return { lantern, hold };
  return undefined;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
