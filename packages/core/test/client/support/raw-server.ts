import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

import { computeAcceptKey } from '../../../src/handshake/accept-key.js';

/** One client of a raw server, after its request has come. */
export interface RawClient {
  readonly socket: Socket;
  /** Its request, up to and with the empty line. */
  readonly head: string;
  readonly key: string;
  /** Resolves when the client's end is gone, however it went. */
  readonly gone: Promise<void>;
}

export interface RawServer {
  readonly server: Server;
  readonly port: number;
  /** `ws://127.0.0.1:port`, without a path. */
  readonly url: string;
  readonly clients: readonly RawClient[];
}

/** A server of bytes: `answer` is called for every request, and no HTTP library stands between. */
export async function serveRaw(
  answer: (client: RawClient) => void,
  listen: { readonly path: string } | { readonly host: string; readonly port: 0 } = {
    host: '127.0.0.1',
    port: 0,
  },
): Promise<RawServer> {
  const clients: RawClient[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    readHead(socket, (head) => {
      const client = { socket, head, key: headerOf(head, 'Sec-WebSocket-Key') ?? '', gone };
      clients.push(client);
      answer(client);
    });
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(listen);
  await once(server, 'listening');
  const { port } = (server.address() ?? {}) as AddressInfo;
  return { server, port, url: `ws://127.0.0.1:${port}`, clients };
}

function readHead(socket: Socket, onHead: (head: string) => void): void {
  let text = '';
  socket.on('data', function onData(chunk: Buffer) {
    text += chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) return;
    socket.removeListener('data', onData);
    socket.resume();
    onHead(text.slice(0, end + 4));
  });
}

/** The value of the header `name` in a request. */
export function headerOf(head: string, name: string): string | undefined {
  const line = head
    .split('\r\n')
    .find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}

/** A right 101 for `key`; lines in `more` are added, those that `without` names left out. */
export function switching(key: string, more: readonly string[] = [], without = ''): string {
  const lines = [
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${computeAcceptKey(key)}`,
  ];
  const kept = lines.filter((line) => without === '' || !line.startsWith(`${without}:`));
  return ['HTTP/1.1 101 Switching Protocols', ...kept, ...more, '', ''].join('\r\n');
}
