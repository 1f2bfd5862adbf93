import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A package, and the folder whose package.json names it: the bench itself, `rivals/`, or the Node releases of the tests.
 *
 * @typedef {{ name: string, from: 'bench' | 'rivals' | 'nodes' }} Package
 */

const folders = {
  bench: new URL('../', import.meta.url),
  rivals: new URL('../rivals/', import.meta.url),
  nodes: new URL('../../internal/nodes/', import.meta.url),
};

/** @param {Package} needed */
export function isInstalled({ name, from }) {
  const built = name.startsWith('@postern/') ? 'dist/index.js' : 'package.json';
  return existsSync(new URL(`node_modules/${name}/${built}`, folders[from]));
}

/**
 * @param {Package} needed an installed one
 * @returns {string}
 */
export function versionOf({ name, from }) {
  const path = new URL(`node_modules/${name}/package.json`, folders[from]);
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

/**
 * A file of a package that one in `rivals/` brings along for this platform.
 *
 * @param {string} parent
 * @param {string} file
 * @returns {string} the path; of a file that is not there, where the package is not installed
 */
export function broughtBy(parent, file) {
  const path = fileURLToPath(new URL(`node_modules/${parent}`, folders.rivals));
  // Where pnpm puts what a package needs: beside it.
  return existsSync(path) ? `${realpathSync(path)}/../${file}` : file;
}

/**
 * @param {string} program from the bench's folder
 * @returns {string}
 */
export function pathOf(program) {
  return fileURLToPath(new URL(program, folders.bench));
}

/**
 * The `node` of one of the other releases that the tests run on.
 *
 * @param {number} major
 */
export function otherNode(major) {
  return fileURLToPath(new URL(`node_modules/node-${major}/bin/node`, folders.nodes));
}
