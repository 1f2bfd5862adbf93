import { spawnSync } from 'node:child_process';

/** The cores that the two sides of a measurement run on, each alone. */
export const cores = /** @type {const} */ ({ server: 0, generator: 1 });

/**
 * Puts a command on one core where the machine can do that, else leaves it as it is.
 *
 * @typedef {(core: number, command: string[]) => string[]} Pin
 */

/**
 * @returns {{ pinned: boolean, pin: Pin }}
 */
export function findPinning() {
  const pinned = Object.values(cores).every(
    (core) => spawnSync('taskset', ['-c', `${core}`, 'true']).status === 0,
  );
  return {
    pinned,
    pin: (core, command) => (pinned ? ['taskset', '-c', `${core}`, ...command] : command),
  };
}
