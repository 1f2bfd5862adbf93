import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serve } from '@postern/core';
import { gatekeeper } from './gatekeeper.mjs';
import { servePage } from './serve-page.mjs';

/**
 * Starts the demo on `port`, or on the next one that is free.
 *
 * @param {object} [options]
 * @param {number} [options.port] 0 asks the system for a free one; 8080 by default
 * @param {import('@postern/core').Gatekeeper} [options.websocket] another gatekeeper, for tests
 * @returns {Promise<import('@postern/core').WebSocketServer>}
 */
export async function start({ port = 8080, websocket = gatekeeper } = {}) {
  try {
    return await serve({ http: servePage, websocket, port });
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    console.log(`Port ${port} is taken.`);
    return start({ port: port + 1, websocket });
  }
}

async function main() {
  const server = await start({ port: Number(process.env.PORT || 8080) });

  // Everyone is told 1001 and conversations may end; with nothing left to do, Node ends by itself, with 0.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void server.close());

  console.log(`Postern demo: http://localhost:${server.port}`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main();
}
