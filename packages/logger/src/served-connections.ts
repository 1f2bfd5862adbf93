import type { WebSocket } from '@postern/core';

/** What `serve` or `attach` returned, or an HTTP server that was attached, or what has one as `server`: a Fastify app. */
export type Served =
  | { readonly connections: ReadonlySet<WebSocket> }
  | HttpServerLike
  | { readonly server: HttpServerLike };

/** `node:http`'s or `node:https`'s server. */
export interface HttpServerLike {
  /** What tells a server from options; it is not called. */
  listen(...values: never[]): unknown;
  /** Not called either. */
  close(...values: never[]): unknown;
}

/** By this mark an HTTP server knows that it is attached. */
const kAttachment = Symbol.for('postern.attachment');

/** Whether it is a server rather than options. */
export function isServed(value: object): value is Served {
  return 'connections' in value || 'listen' in value || 'server' in value;
}

/**
 * The connections of a server.
 * @throws {TypeError} when nobody attached it.
 */
export function servedConnections(served: Served): ReadonlySet<WebSocket> {
  const connections = connectionsOf(served) ?? ('server' in served && connectionsOf(served.server));
  if (connections instanceof Set) return connections;
  throw new TypeError(
    'server: expected what serve or attach returned, or a server that is attached',
  );
}

function connectionsOf(value: object): unknown {
  const attached = (
    value as { [kAttachment]?: { readonly attachment: { readonly connections: unknown } } }
  )[kAttachment];
  if (attached !== undefined) return attached.attachment.connections;
  const { connections } = value as { connections?: unknown };
  return connections instanceof Set ? connections : undefined;
}
