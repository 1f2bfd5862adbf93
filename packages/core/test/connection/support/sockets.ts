import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import * as tls from 'node:tls';
import { onTestFinished } from 'vitest';

/** The two ends of one connection through the kernel. */
export interface SocketPair {
  readonly near: Socket;
  readonly far: Socket;
}

/** Both ends of a TCP connection on loopback; destroyed when the test has finished. */
export async function tcpPair(): Promise<SocketPair> {
  return join(createServer(), 'connection', (port) => connect(port, '127.0.0.1'));
}

const psk = Buffer.from('a key that both ends know, for tests alone');
const ciphers = 'PSK-AES128-GCM-SHA256';

/** The same over TLS, with a key that both ends know beforehand in the place of a certificate. */
export async function tlsPair(): Promise<SocketPair> {
  const options = { ciphers, maxVersion: 'TLSv1.2' } as const;
  const server = tls.createServer({ ...options, pskCallback: () => psk });
  return join(server, 'secureConnection', (port) =>
    tls.connect({
      ...options,
      host: '127.0.0.1',
      port,
      pskCallback: () => ({ psk, identity: 'test' }),
      checkServerIdentity: () => undefined,
    }),
  );
}

async function join(
  server: Server,
  event: string,
  dial: (port: number) => Socket,
): Promise<SocketPair> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, event);
  const near = dial((server.address() as AddressInfo).port);
  const [far] = (await accepted) as [Socket];
  if (near instanceof tls.TLSSocket && near.getCipher() === undefined)
    await once(near, 'secureConnect');
  else if (near.connecting) await once(near, 'connect');
  server.close();
  for (const socket of [near, far]) socket.setNoDelay(true).on('error', () => undefined);
  onTestFinished(() => {
    near.destroy();
    far.destroy();
  });
  return { near, far };
}
