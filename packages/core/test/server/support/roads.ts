import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import type { ServeOptions } from '../../../src/node/serve.js';
import type { Gatekeeper } from '../../../src/server/gate.js';
import { certificate } from '../../client/support/certificate.js';
import { gatehouse, station, type Heard } from './gatehouse.js';
import { dial, type RawClient } from './raw-client.js';

/** A gatekeeper that clients reach in one of the ways there are. */
export interface Reached {
  readonly heard: readonly Heard[];
  /** A client that has asked for a WebSocket, unless told not to. */
  knock(ask?: boolean): RawClient;
}

export type Reach = (
  websocket: Gatekeeper<undefined>,
  options?: Partial<ServeOptions>,
) => Promise<Reached>;

/** In memory, over TCP, TLS and a Unix socket. */
export const roads: readonly (readonly [name: string, reach: Reach])[] = [
  ['in memory', async (websocket, options) => gatehouse(websocket, options)],
  ['over TCP', station],
  ['over TLS', reachTls],
  ['over a Unix socket', reachPath],
];

/** Those on which a client can be lost without a goodbye. */
export const sockets = roads.slice(1);

/** A path in a folder that is gone after the test. */
export function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'test.sock');
}

async function reachTls(
  websocket: Gatekeeper<undefined>,
  options: Partial<ServeOptions> = {},
): Promise<Reached> {
  const tls = certificate('localhost');
  const { server, heard } = await station(websocket, { ...options, tls });
  return { heard, knock: knocking(() => dial({ port: server.port, ca: tls.cert })) };
}

async function reachPath(
  websocket: Gatekeeper<undefined>,
  options: Partial<ServeOptions> = {},
): Promise<Reached> {
  const path = socketPath();
  const { heard } = await station(websocket, { ...options, path });
  return { heard, knock: knocking(() => dial({ path })) };
}

function knocking(connect: () => RawClient): Reached['knock'] {
  return (ask = true) => {
    const client = connect();
    return ask ? client.ask() : client;
  };
}
