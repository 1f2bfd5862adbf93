import { open } from '@postern/core';
import { logTraffic, WebSocketLogger } from '@postern/logger';
import { count, say, subprotocol } from './count.mjs';
import { startServer } from './start-server.mjs';

const log = new WebSocketLogger({ level: process.env.LOG_LEVEL || 'info' });
const clientLog = log.scope('client');
logTraffic({ logger: log }); // All of this process: the client, and the server, if it is here.

// With a URL it counts with the server there, without one with its own.
const [url] = process.argv.slice(2);
const server = url === undefined ? await startServer(0, log) : undefined;

const leaving = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => leaving.abort());

try {
  await open(url ?? server.url, countFromOne, {
    subprotocols: [subprotocol],
    signal: leaving.signal,
  });
} catch (error) {
  if (!leaving.signal.aborted) {
    clientLog.error(error.message);
    process.exitCode = 1;
  }
}
await server?.close();

/** @param {import('@postern/core').WebSocket} ws */
async function countFromOne(ws) {
  clientLog.wslog('says 1');
  await say(ws, 1);
  await count(ws, 2, clientLog);
}
