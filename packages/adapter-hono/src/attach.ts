import { attach as attachToServer, type Attachment, type AttachOptions } from '@postern/core';
import type { ServerType } from '@hono/node-server';

/**
 * Serves WebSockets on the server that `serve` of `@hono/node-server` made: `attach(serve({ fetch: app.fetch }))`.
 * The same as core's `attach`, for a type that leaves open which server it is. HTTP/2 is not spoken here.
 * @throws {StateError} when the server is attached already with other options.
 * @throws {TypeError | RangeError} when an option is not what it should be.
 */
export function attach(server: ServerType, options?: AttachOptions): Attachment {
  return attachToServer(server as Parameters<typeof attachToServer>[0], options);
}
