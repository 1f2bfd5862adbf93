import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../corpus', import.meta.url));
const findings = fileURLToPath(new URL('../findings', import.meta.url));
const repository = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The seeds of one target, in the order of their names: `.hex` files (white space and what follows a `#` are left out)
 * and `.txt` files, whose lines end in CR LF for the target.
 *
 * @param {string} target
 */
export function readCorpus(target) {
  const names = readdirSync(join(folder, target)).toSorted();
  return names.map((name) => ({ name, bytes: readInput(join(folder, target, name)) }));
}

/**
 * @param {string} file
 * @returns {Buffer}
 */
export function readInput(file) {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.txt')) return Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');
  const digits = text.replaceAll(/#.*/g, '').replaceAll(/\s/g, '');
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Error(`${file}: expected pairs of hex digits`);
  return Buffer.from(digits, 'hex');
}

/**
 * Keeps an input that broke something.
 *
 * @param {string} target
 * @param {Buffer} input
 * @param {Error} error
 * @returns {string} the command that shows it again
 */
export function keepFinding(target, input, error) {
  mkdirSync(findings, { recursive: true });
  const hash = input.toString('hex').slice(0, 12) || 'empty';
  const file = join(findings, `${target}-${input.length}-${hash}.hex`);
  const command = `pnpm fuzz --only ${target} --replay ${relative(repository, file)}`;
  const said = error.message.replaceAll(/^/gm, '# ');
  const lines = input.toString('hex').replaceAll(/.{1,96}/g, '$&\n');
  writeFileSync(file, `# ${command}\n${said}\n${lines}`);
  return command;
}
