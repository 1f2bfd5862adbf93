import { fileURLToPath } from 'node:url';
import { browserAvailable, launchChromium, launchFirefox } from '@postern/browser';
import { LineProcess } from '../../runner/line-process.mjs';
import { cores } from '../../runner/pinning.mjs';

/** @import { Pin } from '../../runner/pinning.mjs' */
/** @import { ClientName } from '../options.mjs' */

/**
 * Somebody who echoes. `end` waits until nothing of it is left.
 *
 * @typedef {{ version: string, end: () => Promise<void> }} Client
 */

/**
 * @param {ClientName} name
 * @returns {boolean} when it is not, the reason has been printed
 */
export function clientAvailable(name) {
  return name === 'Node' || browserAvailable(name === 'Chromium' ? 'chromium' : 'firefox');
}

/**
 * Starts the echoing side and connects it to the server on `port`.
 *
 * @param {ClientName} name
 * @param {{ port: number, pin: Pin }} server
 * @returns {Promise<Client>}
 */
export function startClient(name, { port, pin }) {
  switch (name) {
    case 'Node':
      return startNode(port, pin);
    case 'Chromium':
      return startBrowser(launchChromium, port);
    case 'Firefox':
      return startBrowser(launchFirefox, port);
  }
}

/**
 * @param {number} port
 * @param {Pin} pin
 */
async function startNode(port, pin) {
  const program = fileURLToPath(new URL('node-client.mjs', import.meta.url));
  const command = pin(cores.generator, [process.execPath, program, `ws://127.0.0.1:${port}`]);
  const client = new LineProcess('the Node client', command);
  await client.answer();
  return { version: process.version, end: () => client.end() };
}

/**
 * @param {typeof launchChromium | typeof launchFirefox} launch
 * @param {number} port
 */
async function startBrowser(launch, port) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const version = (await browser.version()).replace(/^\D+/, '');
    return { version, end: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
