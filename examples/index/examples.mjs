import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Example
 * @property {string} name its folder, and what `npm start --` wants
 * @property {string} title
 * @property {string} sentence what it shows
 * @property {'framework' | 'page' | 'terminal'} kind
 * @property {string} program the file that runs it
 * @property {string} command how to run it by hand
 */

const examples = fileURLToPath(new URL('..', import.meta.url));
const frameworks = /^@postern\/(express|fastify|koa|hono)$/;
const abbreviations = /\b(http|repl|svg)\b/gi;

/**
 * Whatever has a `package.json` that says how to start it, but for this page.
 *
 * @param {string} [folder] where to look
 * @returns {Example[]}
 */
export function findExamples(folder = examples) {
  const names = readdirSync(folder).filter((name) => name !== 'index');
  return names.flatMap((name) => readExample(folder, name) ?? []);
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {Example | undefined}
 */
function readExample(folder, name) {
  const manifest = join(folder, name, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const { description, scripts, dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
  const [, file] = /^node (\S+)$/.exec(scripts?.start ?? '') ?? [];
  if (file === undefined) return undefined;
  const usesFramework = Object.keys(dependencies).some((each) => frameworks.test(each));
  return {
    name,
    title: titleOf(name),
    sentence: description,
    kind: file === 'server.mjs' ? (usesFramework ? 'framework' : 'page') : 'terminal',
    program: join(folder, name, file),
    command: `npm start -- ${name}`,
  };
}

/** @param {string} name */
function titleOf(name) {
  const words = name.replaceAll('-', ' ').replace(abbreviations, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
