import type { Server } from 'node:http';

import { createAdaptorServer } from '@hono/node-server';
import { builtApp, openApp, type Station } from '@postern/adapter-contract';

import { attach } from '../../src/index.js';

type Options = Parameters<typeof createAdaptorServer>[0];

/** An app's clients; `fetch` may be that of an app of any environment. */
export function serve(
  app: Pick<Options, 'fetch'>,
  overrideGlobalObjects: boolean = true,
): Promise<Station> {
  return openApp('tcp', (options) => {
    const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects }) as Server;
    return builtApp(server, attach(server, options), { drain: { grace: 0 } });
  });
}
