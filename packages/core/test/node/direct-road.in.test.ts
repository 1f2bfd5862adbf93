import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import type { WebSocket } from '../../src/connection/web-socket.js';
import { broadcast } from '../../src/connection/broadcast.js';
import { StateError } from '../../src/protocol/errors.js';
import { deferred, gatehouse } from '../server/support/gatehouse.js';
import { closeFrame } from '../server/support/raw-client.js';
import { sampleAccept } from '../server/support/upgrade-request.js';

/** What a gatekeeper does to let the client in. */
const waysIn: readonly (readonly [name: string, letIn: (ws: WebSocket) => unknown])[] = [
  ['accept', (ws) => ws.accept()],
  ['read', (ws) => ws.read()],
  ['readGuarded', (ws) => ws.readGuarded()],
  ['tryRead', (ws) => ws.tryRead()],
  ['listen', (ws) => ws.listen(() => undefined)],
  ['iteration', (ws) => ws[Symbol.asyncIterator]().next()],
  ['iteration in bursts', (ws) => ws.bursts().next()],
];

/** Whatever needs the client to be in. */
const needsAcceptance: readonly (readonly [name: string, use: (ws: WebSocket) => unknown])[] = [
  ['write', (ws) => ws.write('early')],
  ['writeGuarded', (ws) => ws.writeGuarded('early')],
  ['send', (ws) => ws.send('early')],
  ['ping', (ws) => ws.ping()],
  ['pong', (ws) => ws.pong()],
];

describe('in', () => {
  test.each(waysIn)('%s lets the client in', async (_, letIn) => {
    const life = deferred();
    const { knock, attachment } = gatehouse((request, ws) => {
      void letIn(ws);
      return life.promise;
    });
    const client = knock();
    expect(await client.opened()).toEqual({
      statusLine: 'HTTP/1.1 101 Switching Protocols',
      status: 101,
      headers: {
        upgrade: 'websocket',
        connection: 'Upgrade',
        'sec-websocket-accept': sampleAccept,
      },
    });
    expect([...attachment.connections].map((ws) => ws.state)).toEqual(['open']);
    client.send(closeFrame(3001));
    expect(await client.closeCode()).toBe(3001);
    life.resolve();
  });

  test.each(waysIn)('%s lets the client in also after an await', async (_, letIn) => {
    const life = deferred();
    const { knock } = gatehouse(async (request, ws) => {
      await turn();
      void letIn(ws);
      await life.promise;
    });
    const client = knock();
    await client.opened();
    client.send(closeFrame(3001));
    expect(await client.closeCode()).toBe(3001);
    life.resolve();
  });

  test('accept resolves when the 101 has gone to the socket, before anything else', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await ws.accept();
      expect(ws.state).toBe('open');
      await ws.write('after the 101');
    });
    const client = knock();
    await client.opened();
    expect(await client.text()).toBe('after the 101');
    expect(await client.closed()).toBe(1000);
  });

  test('a second accept returns the same promise, before and after the 101, whatever it asks', async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      const first = ws.accept({ headers: { 'X-First': '1' } });
      expect(ws.accept({ headers: { 'X-Second': '2' } })).toBe(first);
      await first;
      expect(ws.accept({ subprotocol: 'never offered' })).toBe(first);
    });
    const client = knock();
    const { headers } = await client.opened();
    expect(headers).toHaveProperty('x-first', '1');
    expect(headers).not.toHaveProperty('x-second');
    expect(await client.closed()).toBe(1000);
    expect(heard).toEqual([]);
  });

  test('accept after a read that let the client in returns its promise', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      const message = ws.read();
      const accepted = ws.accept();
      expect(ws.accept()).toBe(accepted);
      await accepted;
      await ws.write(`read ${String(await message)}`);
    });
    const client = knock().say('one');
    await client.opened();
    expect(await client.text()).toBe('read one');
  });

  test('accept adds headers, one line for each value', async () => {
    const { knock } = gatehouse(async (request, ws) => {
      await ws.accept({ headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Room': 'kitchen' } });
    });
    const { headers } = await knock().opened();
    expect(headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-room': 'kitchen' });
  });

  test('headers are taken at the call: changing them later changes nothing', async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      await turn();
      const headers: Record<string, string> = { 'X-Room': 'kitchen' };
      void ws.accept({ headers });
      headers['X-Room'] = 'cellar\r\nX-Injected: 1';
      headers['Upgrade'] = 'h2c';
      await ws.read();
    });
    const { headers } = await knock().opened();
    expect(headers).toMatchObject({ 'x-room': 'kitchen', upgrade: 'websocket' });
    expect(headers).not.toHaveProperty('x-injected');
    expect(heard).toEqual([]);
  });

  test.each([
    [{ 'X-Room': 'a\r\nX-Injected: 1' }],
    [{ 'X-Room': ['a', 'b\nX-Injected: 1'] }],
    [{ 'X-Room: a\r\nX-Injected': '1' }],
    [{ 'X-Room': 'a\0b' }],
    [{ 'X-Room': 'snow \u2603' }],
    [{ 'Sec-WebSocket-Accept': 'mine' }],
    [{ connection: 'close' }],
    [{ 'Content-Length': '5' }],
    [{ 'Sec-WebSocket-Protocol': 'chat' }],
  ])('accept with the headers %j is a TypeError, and the client still waits', async (headers) => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      await expect(ws.accept({ headers })).rejects.toThrow(TypeError);
      expect(ws.state).toBe('connecting');
      await ws.accept({ headers: { 'X-Then': 'fine' } });
    });
    const client = knock();
    const { headers: received } = await client.opened();
    expect(Object.keys(received)).toEqual([
      'upgrade',
      'connection',
      'sec-websocket-accept',
      'x-then',
    ]);
    expect(await client.closed()).toBe(1000);
    expect(heard).toEqual([]);
  });

  test.each(needsAcceptance)(
    '%s before acceptance is a StateError, and does not let in',
    async (name, use) => {
      const { knock, heard } = gatehouse(async (request, ws) => {
        const misuse = async (): Promise<unknown> => use(ws);
        const method = name === 'writeGuarded' ? 'write' : name;
        const mistake = await misuse().catch((error: unknown) => error);
        expect(mistake).toBeInstanceOf(StateError);
        expect(mistake).toMatchObject({
          code: 'POSTERN_ERR_NOT_ACCEPTED',
          message: `${method} before the client was let in: call accept() first`,
        });
        expect(ws.state).toBe('connecting');
        await ws.accept();
        await use(ws);
      });
      const client = knock();
      await client.opened();
      // A pong of ours, so that the ping is answered.
      client.send(Buffer.from('8a8000000000', 'hex'));
      await client.frame();
      expect(heard).toEqual([]);
    },
  );

  test('broadcast skips who has not been let in', async () => {
    const sockets: WebSocket[] = [];
    const word = deferred();
    const { knock } = gatehouse(async (request, ws) => {
      sockets.push(ws);
      if (request.url === '/slow') await word.promise;
      await ws.listen((data) => ws.write(data));
    });
    const slow = knock(false).ask({}, { target: '/slow' });
    const client = knock();
    await client.opened();
    broadcast(sockets, 'to all who are in');
    expect(await client.text()).toBe('to all who are in');
    word.resolve();
    await slow.opened();
    broadcast(sockets, 'to both');
    expect([await client.text(), await slow.text()]).toEqual(['to both', 'to both']);
  });

  test('a StateError that nobody handles is the gatekeeper failing: 500', async () => {
    const { knock, heard } = gatehouse(async (request, ws) => {
      await ws.write('too early');
    });
    expect((await knock().response()).status).toBe(500);
    expect(heard).toMatchObject([{ error: { code: 'POSTERN_ERR_NOT_ACCEPTED' } }]);
  });

  test('a promise that a misuse rejected and nobody awaited is harmless', async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    const { knock } = gatehouse((request, ws) => {
      void ws.write('early');
      void ws.writeGuarded('early');
      void ws.ping();
      void ws.pong();
      void ws.accept({ subprotocol: 'never offered' });
      void ws.close({ code: 5 });
    });
    expect((await knock().response()).status).toBe(403);
    await turn();
    process.off('unhandledRejection', onRejection);
    expect(rejections).toEqual([]);
  });
});
