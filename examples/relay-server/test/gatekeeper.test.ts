import { open } from '@postern/core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Program } from '../../shared/test/support/program.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // The relay is a process that has to start.

let relay: Program;
let url: string;
const authorization = 'Bearer the token';

beforeAll(async () => {
  relay = new Program(new URL('../relay.mjs', import.meta.url), { TOKEN: 'the token' });
  url = await relay.url();
});
afterAll(() => relay.kill());

test.each([{}, { authorization: 'Bearer' }, { authorization: 'Bearer a guess' }])(
  'a simulation with %j is refused with 401',
  async (headers) => {
    const opening = open(new URL('simulation', url), { headers });
    await expect(opening).rejects.toMatchObject({ status: 401, body: 'What token?\n' });
  },
);

test('a page is no simulation, even with the token', async () => {
  const origin = url.slice(0, -1);
  const opening = open(new URL('simulation', url), { headers: { authorization }, origin });
  await expect(opening).rejects.toMatchObject({ status: 403 });
});

test('nobody can pull a plug that is not there', async () => {
  await expect(open(new URL('unplug', url))).rejects.toMatchObject({ status: 404 });
  expect(relay.isRunning).toBe(true);
});

test('without a simulation a visitor waits, and is told to come again', async () => {
  const opening = open(new URL('flock', url), { timeout: 30_000 });
  await expect(opening).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
});

test('what passes is not changed: text stays text, bytes stay bytes, and the close code is handed on', async () => {
  const simulation = await open(new URL('simulation', url), { headers: { authorization } });
  const visitor = await open(new URL('flock', url));
  await visitor.write('Grüß Gott 👋');
  expect(await simulation.read()).toBe('Grüß Gott 👋');
  await simulation.write(Buffer.from([0, 255]));
  expect(await visitor.read()).toEqual(Buffer.from([0, 255]));
  await visitor.close({ code: 4000, reason: 'enough' });
  expect(await simulation.closed).toMatchObject({ code: 4000, reason: 'enough' });
});
