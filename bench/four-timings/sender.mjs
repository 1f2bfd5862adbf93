/**
 * The server: it sends, whoever connects echoes. A process of its own that prints `{"port":…}` and answers each line on
 * stdin with one line of JSON; it ends with stdin.
 */
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { serve } from '@postern/core';
import { exchange } from './exchange.mjs';
import { MAX_MESSAGE_SIZE } from './model/sizes.mjs';

/** @import { ServerResponse } from 'node:http' */
/** @import { WebSocket } from '@postern/core' */

/**
 * @typedef {{ command: 'wait' } | { command: 'leave' } | { command: 'measure', size: number, count: number }} Order
 */

const page = readFileSync(new URL('echo/page.html', import.meta.url));
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  // Alone with itself, a page may read a finer clock: 5 µs in Chromium, 20 µs in Firefox.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const arrivals = new EventTarget();

/** @type {WebSocket | undefined} */
let peer;

const server = await serve({
  port: 0,
  host: '127.0.0.1',
  maxMessageSize: MAX_MESSAGE_SIZE,
  http: (request, response) => servePage(request.url, response),
  websocket: async (request, ws) => {
    await ws.accept();
    peer = ws;
    arrivals.dispatchEvent(new Event('arrival'));
    await ws.closed;
  },
});
say({ port: server.port });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(await obey(JSON.parse(line)));
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String(error) });
  }
}
process.exit();

/** @param {Order} order */
async function obey(order) {
  switch (order.command) {
    case 'wait':
      if (!peer?.isOpen) await once(arrivals, 'arrival');
      return {};
    case 'leave':
      await peer?.close();
      return {};
    case 'measure':
      return measure(order);
  }
}

/** @param {{ size: number, count: number }} order */
async function measure({ size, count }) {
  if (peer === undefined) throw new Error('nobody is there to echo');
  const payload = randomFillSync(Buffer.alloc(size));
  const exchanges = [];
  for (let index = 0; index < count; index++) {
    payload.writeUInt32LE(index); // No message is the one before it.
    exchanges.push(await exchange(peer, payload));
  }
  void peer.write('times');
  return { exchanges, echoLog: String(await peer.read()) };
}

/**
 * @param {string | undefined} url
 * @param {ServerResponse} response
 */
function servePage(url, response) {
  if (url === '/') response.writeHead(200, pageHeaders).end(page);
  else response.writeHead(404).end();
}

/** @param {unknown} answer */
function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
