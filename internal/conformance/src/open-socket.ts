import { createConnection, type Socket } from 'node:net';
import { RawSocket } from './wire/raw-socket.js';

/** Dials the host of a `ws:` URL; nothing is sent yet. */
export function dialHost(url: URL): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return createConnection({ host, port: Number(url.port || 80), allowHalfOpen: true });
}

/** Dials the host of a `ws:` URL for as long as `use` runs. */
export async function withSocket<Result>(
  url: URL,
  timeout: number,
  use: (socket: RawSocket) => Promise<Result>,
): Promise<Result> {
  const socket = new RawSocket(dialHost(url), timeout);
  try {
    return await use(socket);
  } finally {
    socket.destroy();
  }
}
