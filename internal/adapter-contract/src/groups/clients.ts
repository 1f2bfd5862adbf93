import { once } from 'node:events';
import { createConnection } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket as WsClient, type ClientOptions } from 'ws';

import { echo } from '../gatekeepers.js';
import { openStation, type Setting, type Station } from '../station.js';
import { authority, portOf } from '../transport.js';

const bytes = Buffer.alloc(300_000, 'abc');

/** Our own client. */
export function describeClients(setting: Setting): void {
  describe('a client', () => {
    test('of ours: text and binary there and back, and a clean end', async () => {
      const station = await openStation(setting, { routes: [{ path: '/chat', websocket: echo }] });
      const ws = await station.open('/chat');
      await ws.write('text');
      await ws.write(bytes);
      expect(await ws.read()).toBe('text');
      expect(bytes.equals((await ws.read()) as Buffer)).toBe(true);
      expect(await ws.close()).toMatchObject({ code: 1000, wasClean: true, initiator: 'local' });
    });
  });
}

/** The most used of the others, which needs a socket to dial. */
export function describeWsClient(setting: Setting): void {
  describe('a client', () => {
    test('of npm ws: the same', async () => {
      const station = await openStation(setting, {
        routes: [{ path: '/chat', websocket: echo, options: { subprotocols: ['v1'] } }],
      });
      const ws = wsClient(station, ['v1']);
      const messages: unknown[] = [];
      ws.on('message', (data: Buffer, isBinary) => {
        messages.push(isBinary ? data.equals(bytes) : data.toString());
      });
      await once(ws, 'open');
      ws.send('text');
      ws.send(bytes);
      ws.ping('are you there?');
      const [pong] = (await once(ws, 'pong')) as [Buffer];
      ws.close(1000, 'bye');
      const [code] = (await once(ws, 'close')) as [number];
      expect([ws.protocol, pong.toString(), code]).toEqual(['v1', 'are you there?', 1000]);
      expect(messages).toEqual(['text', true]);
    });
  });
}

function wsClient({ app, transport }: Station, protocols: string[]): WsClient {
  const { server } = app;
  const options: ClientOptions = { ca: authority, perMessageDeflate: false };
  if (transport === 'unix') {
    options.createConnection = () => createConnection(server.address() as string);
  }
  const host = transport === 'unix' ? 'localhost' : `127.0.0.1:${portOf(server)}`;
  const ws = new WsClient(
    `${transport === 'tls' ? 'wss' : 'ws'}://${host}/chat`,
    protocols,
    options,
  );
  onTestFinished(() => ws.terminate());
  return ws;
}
