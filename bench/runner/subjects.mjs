import { broughtBy, isInstalled, otherNode, pathOf, versionOf } from './packages.mjs';

/** @import { Package } from './packages.mjs' */

/**
 * What a program can do. A row asks for one of these and measures whoever has it; most are told to the program as an
 * option of the same name.
 *
 * @typedef {'echo' | 'strings' | 'deflate' | 'tls' | 'broadcast' | 'timer' | 'connections' | 'growth' | 'style' |
 *   'adapter' | 'loop' | 'client' | 'express' | 'fastify' | 'koa' | 'hono'} Feature
 */

/**
 * Something to measure. To add a rival: its program, its package in a package.json, its line here.
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {string[]} command without the core to run on; the program answers as `servers/control.mjs` does
 * @property {Feature[]} features
 * @property {Package[]} needs without which it cannot run
 * @property {boolean} [rival] left out by `--rivals none`
 * @property {boolean} [raw] sends the very bytes back and knows nothing of WebSockets
 * @property {Record<string, string>} [env]
 */

/** Whom all others are compared with, unless the row says otherwise. */
export const YARDSTICK = 'ws';

// So that an installed add-on does not make the yardstick faster than what is said of it.
const withoutAddOns = { WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1' };
const core = bench('@postern/core');

/** @type {readonly Subject[]} */
const servers = [
  {
    name: YARDSTICK,
    command: node('servers/ws.mjs'),
    features: words('echo strings deflate tls broadcast timer connections growth loop'),
    needs: [bench('ws')],
    env: withoutAddOns,
  },
  {
    name: 'ws + add-ons',
    command: node('rivals/ws-add-ons.mjs'),
    features: words('echo strings deflate'),
    needs: [rival('ws'), rival('bufferutil'), rival('utf-8-validate')],
    rival: true,
  },
  {
    name: 'net (no WebSocket)',
    command: node('servers/net.mjs'),
    features: words('echo strings tls growth'),
    raw: true,
    needs: [],
  },
  {
    name: 'postern listen',
    command: node('servers/postern.mjs'),
    features: words(
      'echo strings deflate tls broadcast timer connections growth loop style adapter',
    ),
    needs: [core],
  },
  {
    name: 'nextTick for each',
    command: node('servers/next-tick.mjs'),
    features: words('timer'),
    needs: [core],
  },
  posternStyle('async listen', words('style')),
  posternStyle('for await', words('echo style')),
  posternStyle('try read', words('style')),
  posternStyle('bursts', words('style')),
  {
    name: 'Bun',
    command: [bunPath(), pathOf('rivals/bun.mjs')],
    features: words('echo strings deflate tls broadcast timer connections growth'),
    needs: [rival('bun')],
    rival: true,
  },
  {
    name: 'Deno',
    command: [...deno(), pathOf('rivals/deno.mjs')],
    features: words('echo strings tls timer connections'),
    needs: [rival('deno')],
    rival: true,
  },
  {
    name: '@fastify/websocket',
    command: node('servers/fastify-websocket.mjs'),
    features: words('echo strings fastify'),
    needs: [bench('@fastify/websocket'), bench('fastify')],
  },
  {
    name: 'websocket',
    command: node('rivals/websocket.mjs'),
    features: words('echo strings connections'),
    needs: [rival('websocket')],
    rival: true,
  },
  {
    name: 'faye-websocket',
    command: node('rivals/faye-websocket.mjs'),
    features: words('echo strings connections'),
    needs: [rival('faye-websocket')],
    rival: true,
  },
  posternAdapter('express'),
  posternAdapter('fastify'),
  posternAdapter('koa'),
  posternAdapter('hono'),
  frameworkRival('express-ws', 'express', [bench('express-ws')]),
  frameworkRival('koa-websocket', 'koa', [bench('koa-websocket')]),
  frameworkRival('hono-ws', 'hono', [bench('@hono/node-server')]),
];

/** @type {readonly Subject[]} */
const clients = [
  {
    name: YARDSTICK,
    command: node('clients/ws.mjs'),
    features: ['client'],
    needs: [bench('ws')],
    env: withoutAddOns,
  },
  { name: 'postern', command: node('clients/postern.mjs'), features: ['client'], needs: [core] },
  {
    name: "Node's own (22)",
    command: [otherNode(22), pathOf('clients/web-socket.mjs')],
    features: ['client'],
    needs: [{ name: 'node-22', from: 'nodes' }],
  },
  {
    name: 'Bun',
    command: [bunPath(), pathOf('clients/web-socket.mjs')],
    features: ['client'],
    needs: [rival('bun')],
    rival: true,
  },
  {
    name: 'Deno',
    command: [...deno(), pathOf('clients/web-socket.mjs')],
    features: ['client'],
    needs: [rival('deno')],
    rival: true,
  },
];

/** What cannot be had: why it is in no row. */
export const unavailable = [
  'uWebSockets.js is left out: it is not published on npm, only as a branch of a repository',
];

/**
 * Who is measured in a row: those who can do what it asks for and whose names begin with one of `only`; the row's
 * yardstick is always among them.
 *
 * @param {{ feature: Feature, yardstick?: string }} row
 * @param {{ servers: readonly string[], rivals: boolean }} wanted all of them when `servers` is empty; `rivals`:
 *   whether those that have to be installed are wanted
 * @returns {{ available: Subject[], missing: Subject[] }} `missing`: those that cannot run here
 */
export function subjectsOf({ feature, yardstick = YARDSTICK }, { servers: only, rivals }) {
  const selected = [...servers, ...clients].filter(
    ({ name, rival = false, features }) =>
      features.includes(feature) &&
      (name === yardstick ||
        ((rivals || !rival) &&
          (only.length === 0 || only.some((start) => name.startsWith(start))))),
  );
  return {
    available: selected.filter(({ needs }) => needs.every(isInstalled)),
    missing: selected.filter(({ needs }) => !needs.every(isInstalled)),
  };
}

/**
 * The versions of the packages that `subjects` need.
 *
 * @param {readonly Subject[]} subjects
 * @returns {Record<string, string>}
 */
export function packageVersions(subjects) {
  const needs = subjects.flatMap((subject) => subject.needs);
  return Object.fromEntries(needs.map((needed) => [needed.name, versionOf(needed)]));
}

/**
 * @param {string} style
 * @param {Feature[]} features
 * @returns {Subject}
 */
function posternStyle(style, features) {
  const command = node('servers/postern.mjs', `--${style.replace(' ', '-')}`);
  return { name: `postern ${style}`, command, features, needs: [core] };
}

/**
 * @param {'express' | 'fastify' | 'koa' | 'hono'} framework
 * @returns {Subject}
 */
function posternAdapter(framework) {
  const command = node(`servers/adapters/postern-${framework}.mjs`);
  const needs = [bench(`@postern/${framework}`)];
  return { name: `postern ${framework}`, command, features: ['adapter', framework], needs };
}

/**
 * @param {string} name
 * @param {Feature} framework
 * @param {Package[]} needs
 * @returns {Subject}
 */
function frameworkRival(name, framework, needs) {
  return { name, command: node(`servers/adapters/${name}.mjs`), features: [framework], needs };
}

/**
 * @param {string} program
 * @param {string[]} options
 */
function node(program, ...options) {
  // With --expose-gc, so that memory can be asked for after a collection.
  return [process.execPath, '--expose-gc', pathOf(program), ...options];
}

function bunPath() {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  return broughtBy('bun', `@oven/bun-${process.platform}-${arch}/bin/bun`);
}

function deno() {
  const libc = process.platform === 'linux' ? '-glibc' : '';
  const program = broughtBy('deno', `@deno/${process.platform}-${process.arch}${libc}/deno`);
  return [program, 'run', '--allow-all', '--no-prompt', '--v8-flags=--expose-gc'];
}

/**
 * @param {string} name
 * @returns {Package}
 */
function bench(name) {
  return { name, from: 'bench' };
}

/**
 * @param {string} name
 * @returns {Package}
 */
function rival(name) {
  return { name, from: 'rivals' };
}

/**
 * @param {string} list
 * @returns {Feature[]}
 */
function words(list) {
  return /** @type {Feature[]} */ (list.split(' '));
}
