import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, runPnpm } from './pnpm.mjs';
import { runVitest } from './vitest-suite.mjs';

/** @typedef {{ name: string, reason?: string | undefined }} Skip */
/** @typedef {{ passed: number, failed: number, skipped: Skip[], output: string }} Outcome */
/** @typedef {{ name: string, run: () => Promise<Outcome> }} Suite */

/**
 * A stage begins when the one before has ended. Its lanes run side by side, at most `width` at a time;
 * the suites of a lane run one after another.
 *
 * @typedef {{ width: number, lanes: Suite[][] }} Stage
 */

const supportedNodes = [20, 22, 24, 26];
const ownNode = Number(process.versions.node.split('.')[0]);

/**
 * What holds where the 97 % of lines and branches are not reached: percent, to be raised and never lowered.
 *
 * @type {Record<string, { lines?: number, branches?: number }>}
 */
const lowerThresholds = {
  'packages/adapter-hono': { lines: 93, branches: 88 },
  'packages/logger': { branches: 96 },
};

/**
 * Everything that proves the project.
 *
 * @returns {Stage[]}
 */
export function stages() {
  const otherNodes = supportedNodes.filter((major) => major !== ownNode);
  return [
    { width: 1, lanes: [[buildCheck()]] },
    {
      width: 2,
      lanes: [...sourceChecks().map((suite) => [suite]), ...publishedFolders().map(packageChecks)],
    },
    // Alone on the machine: these measure memory and wait for deadlines.
    { width: 1, lanes: [ownNodeSuites()] },
    { width: 2, lanes: otherNodes.flatMap(lanesOnNode) },
  ];
}

function buildCheck() {
  return check('build', ['turbo', 'run', 'build', '--output-logs=errors-only']);
}

function sourceChecks() {
  return [
    check('types', [
      'turbo',
      'run',
      'types',
      'types:root',
      '--continue',
      '--output-logs=errors-only',
    ]),
    check('lint', ['oxlint', '--type-aware', '--deny-warnings']),
    check('format', ['prettier', '--check', '.']),
  ];
}

/** @param {string} folder */
function packageChecks(folder) {
  return [
    check(`publint ${nameOf(folder)}`, ['publint', folder, '--strict']),
    check(`attw ${nameOf(folder)}`, ['attw', '--pack', folder, '--profile', 'esm-only']),
  ];
}

function ownNodeSuites() {
  const packages = testedFolders('packages');
  return [
    ...packages.map((folder) => unitSuite(folder)),
    ...packages.filter(hasInterop).map(interopSuite),
    ...['internal', 'examples'].flatMap(testedFolders).map((folder) => wholeSuite(folder)),
    ...['bench'].filter(isTested).map((folder) => wholeSuite(folder)),
  ];
}

/**
 * The unit and conformance suites once more, on another release of Node: a lane each, so that two cores share the work.
 *
 * @param {number} major
 * @returns {Suite[][]}
 */
function lanesOnNode(major) {
  const node = nodePath(major);
  if (!node) {
    const reason = `internal/nodes has none for ${process.platform} on ${process.arch}`;
    return [[unavailable(`Node ${major}`, reason)]];
  }
  const units = testedFolders('packages').map((folder) => unitSuite(folder, node));
  const named = (/** @type {Suite} */ { name, run }) => ({ name: `${name} on Node ${major}`, run });
  return [units.map(named), [named(wholeSuite('internal/conformance', node))]];
}

/**
 * A command that counts as one: it passes or it fails.
 *
 * @param {string} name
 * @param {string[]} command
 * @returns {Suite}
 */
function check(name, command) {
  const run = async () => {
    const { ok, output } = await runPnpm(['exec', ...command], { show: false });
    return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [], output };
  };
  return { name, run };
}

/**
 * On this Node the run is measured too, and has failed when it covers less than `vitest.base.ts` asks for.
 *
 * @param {string} folder
 * @param {string} [node]
 * @returns {Suite}
 */
function unitSuite(folder, node) {
  const measured = node === undefined ? coverageArgs(folder) : [];
  const args = ['--exclude', 'test/interop/**', ...measured];
  const run = () => runVitest(folder, { node, args });
  return { name: `unit ${nameOf(folder)}`, run };
}

/** @param {string} folder */
function coverageArgs(folder) {
  const thresholds = Object.entries(lowerThresholds[folder] ?? {});
  const args = thresholds.map(([what, percent]) => `--coverage.thresholds.${what}=${percent}`);
  return ['--coverage.enabled', ...args];
}

/**
 * @param {string} folder
 * @returns {Suite}
 */
function interopSuite(folder) {
  return {
    name: `interop ${nameOf(folder)}`,
    run: () => runVitest(folder, { args: ['test/interop/'] }),
  };
}

/**
 * @param {string} folder
 * @param {string} [node]
 * @returns {Suite}
 */
function wholeSuite(folder, node) {
  return { name: nameOf(folder), run: () => runVitest(folder, { node }) };
}

/**
 * @param {string} name
 * @param {string} reason
 * @returns {Suite}
 */
function unavailable(name, reason) {
  return {
    name,
    run: async () => ({ passed: 0, failed: 0, skipped: [{ name, reason }], output: '' }),
  };
}

/** @param {number} major */
function nodePath(major) {
  try {
    return createRequire(join(root, 'internal', 'nodes', 'package.json')).resolve(
      `node-${major}/bin/node`,
    );
  } catch {
    return undefined;
  }
}

/** @param {string} parent */
function testedFolders(parent) {
  return foldersIn(parent).filter(isTested);
}

function publishedFolders() {
  return foldersIn('packages').filter((folder) => !manifestOf(folder).private);
}

/** @param {string} parent */
function foldersIn(parent) {
  const folders = readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  return folders.filter((folder) => existsSync(join(root, folder, 'package.json')));
}

/** @param {string} folder */
function isTested(folder) {
  return existsSync(join(root, folder, 'vitest.config.ts'));
}

/** @param {string} folder */
function hasInterop(folder) {
  return existsSync(join(root, folder, 'test', 'interop'));
}

/** @param {string} folder */
function nameOf(folder) {
  return manifestOf(folder).name;
}

/** @param {string} folder */
function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}
