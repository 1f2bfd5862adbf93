import { readFileSync } from 'node:fs';

/**
 * What the runner asks of a server besides a plain echo; see `Feature` in `runner/subjects.mjs`.
 *
 * @param {string} name
 */
export function asked(name) {
  return process.argv.includes(`--${name}`);
}

/** A self-signed certificate for localhost that is used nowhere else, with its key. */
export function certificate() {
  const read = (/** @type {string} */ file) =>
    readFileSync(new URL(`certificate/${file}`, import.meta.url), 'utf8');
  return { cert: read('cert.pem'), key: read('key.pem') };
}
