import type { RequestOptions } from 'node:http';

import { dial, guard, tlsDefaults } from './dial.js';
import type { OpenSettings } from './open-options.js';
import { chooseProxy } from './proxy-choice.js';
import type { Target } from './target.js';
import { tunnel } from './tunnel.js';

/**
 * How a request gets its stream, as options of `http.request`: from the caller's `createConnection` or `agent`, through
 * a proxy, or straight. `signal` gives it up.
 */
export function streamSource(
  target: Target,
  settings: OpenSettings,
  signal: AbortSignal,
): RequestOptions {
  const { createConnection, agent, tls, proxyTls } = settings;
  if (createConnection !== undefined) return { createConnection: guarded(createConnection) };
  if (agent !== undefined) {
    const own = target.secure ? { ...tlsDefaults(target), ...tls, agent } : { agent };
    return target.socketPath === undefined ? own : { ...own, socketPath: target.socketPath };
  }
  const proxy = chooseProxy(settings.proxy, target, process.env);
  if (proxy === undefined) return { createConnection: () => dial(target, tls) };
  return {
    createConnection: (_, oncreate) => {
      tunnel(proxy, target, { tls, proxyTls, signal }).then(
        (stream) => oncreate(null, stream),
        (error: Error) => oncreate(error, undefined as never),
      );
      return null;
    },
  };
}

type CreateConnection = NonNullable<RequestOptions['createConnection']>;

function guarded(createConnection: CreateConnection): CreateConnection {
  return (options, oncreate) => {
    const stream = createConnection(options, (error, made) => {
      oncreate(error, made && guard(made));
    });
    return stream && guard(stream);
  };
}
