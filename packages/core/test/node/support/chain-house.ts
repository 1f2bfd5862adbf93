import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

import { admit, createRoute, type Route } from '../../../src/node/admit.js';
import { attach, type Attachment, type AttachOptions } from '../../../src/node/attach.js';
import type { Gatekeeper } from '../../../src/server/gate.js';
import type { HandlerOptions } from '../../../src/server/options.js';
import { fakeClock, type FakeClock } from '../../../src/testing/fake-clock.js';
import type { Heard } from '../../server/support/gatehouse.js';
import { dial, dialInMemory, type RawClient } from '../../server/support/raw-client.js';

/** What the gatekeepers of these chains get as their context. */
export interface Context {
  readonly user: string;
}

/** The handler at the end of the least framework there can be: it answers as `admit` says. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  route: Route<Context>,
): Promise<void> {
  const admitted = admit(request, route, { user: 'cook' });
  if (admitted === undefined) {
    response.end('an ordinary page');
    return;
  }
  try {
    const decision = await admitted;
    response.statusCode = decision.status;
    if (decision.accepted) response.end();
    else {
      response.setHeaders(new Map(Object.entries(decision.headers)));
      response.end(decision.body);
    }
  } catch (error) {
    response.statusCode = 500;
    response.end(`the framework's own page for ${(error as Error).name}`);
  }
}

export interface ChainHouse {
  readonly http: Server;
  readonly route: Route<Context>;
  readonly attachment: Attachment;
  readonly clock: FakeClock;
  readonly heard: readonly Heard[];
  knock(ask?: boolean): RawClient;
  /** From here on `knock` comes over TCP. */
  listen(): Promise<void>;
}

/** A server whose requests run through `chain`; by default straight to the gatekeeper. */
export function chainHouse(
  gatekeeper: Gatekeeper<Context>,
  chain: typeof answer = answer,
  options: Omit<AttachOptions, 'websocket'> = {},
  handlerOptions: HandlerOptions = {},
): ChainHouse {
  const route = createRoute(gatekeeper, handlerOptions);
  const http = createServer((request, response) => void chain(request, response, route));
  const clock = fakeClock();
  const heard: Heard[] = [];
  const attachment = attach(http, {
    clock,
    onError: (error, ws) => void heard.push({ error, ws }),
    ...options,
  });
  const knock = (ask = true): RawClient => {
    const address = http.address() as AddressInfo | null;
    const client = address === null ? dialInMemory(http) : dial({ port: address.port });
    return ask ? client.ask() : client;
  };
  const listen = async (): Promise<void> => {
    http.listen(0, '127.0.0.1');
    onTestFinished(() => void http.close());
    await once(http, 'listening');
  };
  return { http, route, attachment, clock, heard, knock, listen };
}
