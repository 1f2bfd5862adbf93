import { fileURLToPath } from 'node:url';

/** @typedef {{ page: string, name: string, entry: string, intro: string }} Door */

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What only re-exports core says so. */
const WITH_CORE =
  'Beside what is listed here it exports all of [`@postern/core`](core.md), so one import is enough.';

/**
 * Everything that users import, a page each.
 *
 * @type {readonly Door[]}
 */
export const doors = [
  {
    page: 'core.md',
    name: '@postern/core',
    entry: 'packages/core/src/index.ts',
    intro:
      'WebSockets for Node, server and client. New here? The [guide](../guide.md) comes first.',
  },
  {
    page: 'testing.md',
    name: '@postern/core/testing',
    entry: 'packages/core/src/testing/index.ts',
    intro:
      'Tests without a network, without a port and without waiting: see the [guide](../guide.md#test-it).',
  },
  {
    page: 'adapter.md',
    name: '@postern/core/adapter',
    entry: 'packages/core/src/node/adapter.ts',
    intro:
      'What an adapter for another framework needs: see [a framework of your own](../../packages/core/README.md#a-framework-of-your-own).',
  },
  {
    page: 'protocol.md',
    name: '@postern/core/protocol',
    entry: 'packages/core/src/protocol/index.ts',
    intro:
      'RFC 6455 alone: bytes in, calls on a sink, bytes to send out. No socket, no timer, no stream. Applications do not need it.',
  },
  {
    page: 'express.md',
    name: '@postern/express',
    entry: 'packages/adapter-express/src/index.ts',
    intro: `The adapter for [Express](../express.md). ${WITH_CORE}`,
  },
  {
    page: 'fastify.md',
    name: '@postern/fastify',
    entry: 'packages/adapter-fastify/src/index.ts',
    intro: `The adapter for [Fastify](../fastify.md). ${WITH_CORE}`,
  },
  {
    page: 'koa.md',
    name: '@postern/koa',
    entry: 'packages/adapter-koa/src/index.ts',
    intro: `The adapter for [Koa](../koa.md). ${WITH_CORE}`,
  },
  {
    page: 'hono.md',
    name: '@postern/hono',
    entry: 'packages/adapter-hono/src/index.ts',
    intro: `The adapter for [Hono](../hono.md). ${WITH_CORE}`,
  },
  {
    page: 'logger.md',
    name: '@postern/logger',
    entry: 'packages/logger/src/index.ts',
    intro: 'A log of traffic: see [the log](../logger.md).',
  },
];
