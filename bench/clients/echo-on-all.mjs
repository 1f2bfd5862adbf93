import process from 'node:process';
import { obey, say } from '../servers/control.mjs';

/**
 * Opens as many connections as the runner asks for, all of them echoing.
 *
 * @param {(url: string) => Promise<unknown>} open
 */
export async function echoOnAll(open) {
  const option = (/** @type {string} */ name) => process.argv[process.argv.indexOf(name) + 1];
  const url = `ws://127.0.0.1:${option('--port')}/`;
  const count = Number(option('--connections'));
  await Promise.all(Array.from({ length: count }, () => open(url)));
  say({ open: count });
  obey();
}
