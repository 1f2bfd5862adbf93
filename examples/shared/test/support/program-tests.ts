import { HandshakeError, open } from '@postern/core';
import { expect, test } from 'vitest';
import { notLoggedIn } from '../../gatekeeper.mjs';
import type { ExampleProcess } from './example-process.js';
import { Guest } from './guest.js';

/** What a client sees that is no browser: it is told why it was refused. */
export function testAsProgram(example: () => ExampleProcess): void {
  test('refuses /chat without a session: 401, with a body that says what is missing', async () => {
    const refused = await refusal(open(new URL('chat', example().url)));
    expect(refused).toMatchObject({ status: 401, body: notLoggedIn });
  });

  test('refuses a cookie that the server has not signed', async () => {
    const forged = ['connect.sid', 'sessionId', 'koa.sess', 'user'].map(
      (name) => `${name}=s%3Aeve`,
    );
    const headers = { cookie: forged.join('; ') };
    const refused = await refusal(open(new URL('chat', example().url), { headers }));
    expect(refused).toMatchObject({ status: 401, body: notLoggedIn });
  });

  test('lets in whoever has logged in, and tells who is here', async () => {
    const guest = await Guest.logIn(example(), 'Ada');
    const ws = await guest.chat();
    expect(await ws.read()).toMatch(/^{"people":\[{"id":"[-0-9a-f]{36}","name":"Ada"}]}$/);
    await ws.close();
  });

  test('refuses the pages of others with 403, session or not', async () => {
    const guest = await Guest.logIn(example(), 'Ada');
    const refused = await refusal(guest.chat('https://elsewhere.example'));
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('https://elsewhere.example');
  });

  test('ends a connection that says more than 4096 bytes at once with 1009', async () => {
    const guest = await Guest.logIn(example(), 'Ada');
    const ws = await guest.chat();
    await ws.write('x'.repeat(4097));
    expect(await ws.closed).toMatchObject({ code: 1009, initiator: 'peer' });
  });

  test('speaks only the subprotocol count at /count, and counts from the query', async () => {
    const url = new URL('count?to=3', example().url);
    expect(await refusal(open(url))).toMatchObject({ status: 400 });
    const ws = await open(url, { subprotocols: ['chat', 'count'] });
    expect(ws.subprotocol).toBe('count');
    const counted = [];
    for await (const message of ws) counted.push(message);
    expect(counted).toEqual(['1', '2', '3']);
    expect(await ws.closed).toMatchObject({ code: 1000 });
  });

  test('refuses to count further than 100', async () => {
    const url = new URL('count?to=101', example().url);
    expect(await refusal(open(url, { subprotocols: ['count'] }))).toMatchObject({ status: 400 });
  });

  test('refuses a login without a name', async () => {
    await expect(Guest.logIn(example(), ' \n ')).rejects.toThrow('400: Say who you are.');
  });

  test('answers 404 where nobody waits for a WebSocket', async () => {
    expect(await refusal(open(new URL('elsewhere', example().url)))).toMatchObject({ status: 404 });
  });
}

async function refusal(opening: Promise<unknown>): Promise<HandshakeError> {
  const error: unknown = await opening.then(
    () => 'it was let in',
    (reason: unknown) => reason,
  );
  if (error instanceof HandshakeError) return error;
  throw new Error('expected a refusal', { cause: error });
}
