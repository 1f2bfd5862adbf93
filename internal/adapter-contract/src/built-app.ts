import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

import type { Attachment } from '@postern/core';

import type { BuildOptions, BuiltApp } from './adapter-under-test.js';
import type { AppDescription } from './app-description.js';

/** A server of `node:http` or `node:https` before a framework's listener. */
export function createNodeServer(listener: RequestListener, { tls }: BuildOptions): Server {
  return tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
}

/** An app whose server belongs to the user, who closes both. */
export function builtApp(
  server: Server,
  attachment: Attachment | undefined,
  { drain }: AppDescription,
): BuiltApp {
  return {
    server,
    attachment,
    listen: (place) => new Promise((resolve) => server.listen(place, () => resolve())),
    ready: () => Promise.resolve(),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await attachment?.close(drain);
      server.closeIdleConnections();
      await closed;
    },
  };
}
