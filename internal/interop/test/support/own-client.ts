import {
  HandshakeError,
  open,
  type Message,
  type OpenOptions,
  type WebSocket,
} from '@postern/core';
import { certificate } from './certificate.js';
import type { Dial, Ending, PeerClient } from './peer.js';

/** Our own client, for what stands between it and our server. */
export function ownClient(options: OpenOptions = {}): PeerClient {
  return {
    dial: async ({ url, subprotocols, compression }: Dial): Promise<Ending> => {
      const origin = new URL(url).origin.replace(/^ws/, 'http');
      try {
        return await open(url, echo, {
          origin,
          subprotocols,
          compression,
          tls: { ca: certificate },
          maxMessageSize: 2 ** 24,
          ...options,
        });
      } catch (error) {
        if (error instanceof HandshakeError) return { refused: error.status ?? 0 };
        throw error;
      }
    },
    stop: () => Promise.resolve(),
  };
}

async function echo(ws: WebSocket): Promise<Ending> {
  for await (const message of ws) await answer(ws, message);
  const { code, reason } = await ws.closed;
  return { code, reason, subprotocol: ws.subprotocol };
}

async function answer(ws: WebSocket, message: Message): Promise<void> {
  const [command, code, ...reason] = typeof message === 'string' ? message.split(' ') : [];
  if (command === '!ping') {
    await ws.ping('postern');
    await ws.writeGuarded('!pong');
  } else if (command === '!close') {
    await ws.close({ code: Number(code ?? 1000), reason: reason.join(' ') });
  } else {
    await ws.writeGuarded(message);
  }
}
