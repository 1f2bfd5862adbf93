import { connect } from 'node:net';
import type { Socket, TcpNetConnectOpts } from 'node:net';
import { open, type OpenOptions } from '@postern/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificate } from './certificate.js';
import { describeConversation } from './describe-conversation.js';
import { describeParameters, type CompressionOptions } from './describe-parameters.js';
import { wireBytes, type Encounter, type Wishes } from './encounter.js';
import { waysOf, type PeerServer, type Skills } from './peer.js';

/** We come to a peer's server. */
export function describeServer(start: () => Promise<PeerServer>, abilities: Skills): void {
  let server: PeerServer;
  let count = 0;

  beforeAll(async () => {
    server = await start();
  });

  afterAll(() => server.stop());

  describe.each(waysOf(abilities))('from us: secure $secure, compression $compression', (way) => {
    const { secure, compression, skills } = way;
    const options: OpenOptions = {
      compression: compression && (skills.compression ?? true),
      ...(secure && { tls: { ca: certificate } }),
    };
    const urlOf = (path: string): string => (secure ? server.secureUrl : server.url) + path;

    const meet = async ({ subprotocols = [] }: Wishes = {}): Promise<Encounter> => {
      const path = `/${++count}`;
      const wire = secure ? undefined : keptWire();
      const createConnection = wire && { createConnection: wire.createConnection };
      const ws = await open(urlOf(path), { ...options, ...createConnection, subprotocols });
      return { ws, ending: server.ending(path), wire: () => wireBytes(wire!.socket()) };
    };

    describeConversation(meet, way);

    test('a refusal rejects with its status', async () => {
      await expect(open(urlOf('/refused'), options)).rejects.toMatchObject({
        name: 'HandshakeError',
        status: 403,
      });
    });
  });

  const meetWith = async (compression: CompressionOptions): Promise<Encounter> => {
    const path = `/${++count}`;
    const ws = await open(server.url + path, { compression });
    return { ws, ending: server.ending(path), wire: unknownWire };
  };
  if (!abilities.noParameters) describeParameters(meetWith, abilities);

  test('a certificate that we do not trust is refused', async () => {
    await expect(open(`${server.secureUrl}/untrusted`)).rejects.toMatchObject({
      name: 'HandshakeError',
    });
  });
}

function unknownWire(): never {
  throw new Error('nobody counted');
}

/** A way to connect that keeps the socket. */
function keptWire() {
  let socket: Socket | undefined;
  return {
    createConnection: (to: object) => (socket = connect(to as TcpNetConnectOpts)),
    socket: () => socket!,
  };
}
