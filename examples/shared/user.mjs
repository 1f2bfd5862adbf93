import { randomUUID } from 'node:crypto';

/** @typedef {{ readonly id: string, readonly name: string }} User */

/**
 * Somebody who logs in, under any name: passwords are another example's matter.
 * `undefined` when nothing is left of the name.
 *
 * @param {unknown} name
 * @returns {User | undefined}
 */
export function newUser(name) {
  if (typeof name !== 'string') return undefined;
  const printable = name.replace(/[\p{C}\s]+/gu, ' ').trim();
  const short = [...printable].slice(0, 24).join('');
  return short === '' ? undefined : { id: randomUUID(), name: short };
}

/** What a login without a name is told. */
export const nameless = 'Say who you are.\n';
