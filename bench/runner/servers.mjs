import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A server to measure. To add a rival: its program in `servers/`, its package in package.json, its line here.
 *
 * @typedef {object} Server
 * @property {string} name
 * @property {string[]} command without the core to run on; the program prints its port and answers as `servers/control.mjs` does
 * @property {boolean} [raw] sends the very bytes back and knows nothing of WebSockets
 * @property {Record<string, string>} [env]
 * @property {string[]} needs packages without which it cannot run
 */

/** The server that all others are compared with. */
export const YARDSTICK = 'ws';

// So that an installed add-on does not make the yardstick faster than what is said of it.
const withoutAddOns = { WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1' };

/** @type {readonly Server[]} */
const servers = [
  { name: YARDSTICK, command: node('ws'), needs: ['ws'], env: withoutAddOns },
  { name: 'ws + bufferutil', command: node('ws'), needs: ['ws', 'bufferutil'] },
  { name: 'net (no WebSocket)', command: node('net'), raw: true, needs: [] },
  { name: 'postern listen', command: node('postern-listen'), needs: ['@postern/core'] },
  { name: 'postern for await', command: node('postern-for-await'), needs: ['@postern/core'] },
];

/**
 * The servers whose names begin with one of `only`, those that cannot run left out; the yardstick is always among them.
 *
 * @param {readonly string[]} only all of them when empty
 * @returns {{ available: Server[], missing: Server[] }}
 */
export function selectServers(only) {
  const selected = servers.filter(
    ({ name }) =>
      name === YARDSTICK || only.length === 0 || only.some((prefix) => name.startsWith(prefix)),
  );
  return {
    available: selected.filter(({ needs }) => needs.every(isInstalled)),
    missing: selected.filter(({ needs }) => !needs.every(isInstalled)),
  };
}

/**
 * The versions of the packages that `selected` need.
 *
 * @param {readonly Server[]} selected
 * @returns {Record<string, string>}
 */
export function packageVersions(selected) {
  const names = new Set(selected.flatMap(({ needs }) => needs));
  return Object.fromEntries([...names].map((name) => [name, versionOf(name)]));
}

/** @param {string} program */
function node(program) {
  return [process.execPath, fileURLToPath(new URL(`../servers/${program}.mjs`, import.meta.url))];
}

/** @param {string} name */
function isInstalled(name) {
  try {
    // A workspace package resolves before it is built.
    return existsSync(fileURLToPath(import.meta.resolve(name)));
  } catch {
    return false;
  }
}

/**
 * @param {string} name
 * @returns {string}
 */
function versionOf(name) {
  const path = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')).version;
}
