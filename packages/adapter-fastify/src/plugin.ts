import type { IncomingMessage } from 'node:http';

import type { DrainOptions, HandlerOptions } from '@postern/core';
import { attach } from '@postern/core/adapter';
import type { FastifyPluginAsync } from 'fastify';

/** Options of the plugin: defaults for all of the app's handlers, and how `app.close()` ends their connections. */
export interface PosternOptions extends HandlerOptions, DrainOptions {
  /** Which upgrade requests are the app's; the others are left to other listeners. By default all are. */
  readonly filter?: (request: IncomingMessage) => boolean;
}

/**
 * `await app.register(postern)`, before the routes: attaches to the app's server, and lets `app.close()` tell
 * everyone 1001 and wait for them.
 * @throws {TypeError | RangeError} when an option is not what it should be.
 */
export const postern: FastifyPluginAsync<PosternOptions> = Object.assign(
  // Asynchronous, since a plugin with a callback that throws is an uncaught exception.
  (async (app, { code, grace, ...options }) => {
    const attachment = attach(app.server, options);
    const drain = { ...(code !== undefined && { code }), ...(grace !== undefined && { grace }) };
    app.addHook('preClose', () => attachment.close(drain));
  }) satisfies FastifyPluginAsync<PosternOptions>,
  {
    // The app has one server: the plugin belongs to all of it, whichever part registers it.
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: '@postern/fastify',
    [Symbol.for('plugin-meta')]: { fastify: '5.x', name: '@postern/fastify' },
  },
);
