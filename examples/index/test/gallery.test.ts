import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { open, type WebSocket } from '@postern/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findExamples } from '../examples.mjs';
import { start } from '../server.mjs';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // Each example is a process that has to start.

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
let index: Awaited<ReturnType<typeof start>>;

beforeEach(async () => {
  index = await start({ examples: findExamples(fixtures) });
});
afterEach(() => index.stop());

/** Asks for a path without following; `fetch` would not let a test choose the host. */
async function ask(path: string, headers: Record<string, string> = {}) {
  const asked = request({ port: index.port, path, headers }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  return { status: response.statusCode as number, location: String(response.headers.location) };
}

/** What a watcher is told once this example runs. */
async function newsOf(watcher: WebSocket, name: string): Promise<unknown> {
  for await (const message of watcher) {
    const states = JSON.parse(String(message)) as Record<string, { state: string }>;
    if (states[name]?.state === 'running') return states;
  }
  throw new Error('the watcher was told no more');
}

test('an example is started once, and its page is where the visitor is sent', async () => {
  const [first, second] = await Promise.all([ask('/open/sound'), ask('/open/sound')]);
  expect(first).toEqual(second);
  expect(first.status).toBe(303);
  expect(await (await fetch(first.location)).text()).toBe('It is sound.');
});

test.each(['127.0.0.1:80', '[::1]:80', 'machine.example'])(
  'whoever calls this machine %s is sent to the same name',
  async (host) => {
    const { location } = await ask('/open/sound', { host });
    expect(new URL(location).hostname).toBe(host.replace(/:80$/, ''));
  },
);

test('an example that fails says so, and the others work', async () => {
  const watcher = await open(`ws://localhost:${index.port}/states`);
  expect(JSON.parse(String(await watcher.read()))).toMatchObject({ broken: { state: 'idle' } });
  expect(await ask('/open/broken')).toEqual({ status: 303, location: '/#broken' });
  expect(await ask('/open/mute')).toEqual({ status: 303, location: '/#mute' });
  expect((await ask('/open/sound')).location).toContain('http://');
  const states = await newsOf(watcher, 'sound');
  expect(states).toEqual({
    broken: { state: 'failed', problem: 'TypeError: no more candles' },
    mute: { state: 'failed', problem: 'it ended with 3' },
    sound: { state: 'running', problem: '' },
  });
  await watcher.close();
});

test('all of them end with the page', async () => {
  const { location } = await ask('/open/sound');
  await index.stop();
  await expect(fetch(location)).rejects.toThrow('fetch failed');
});

test.each(['/open/tool', '/open/nowhere', '/open/', '/nowhere', '/server.mjs'])(
  'answers 404 to %s',
  async (path) => {
    expect((await ask(path)).status).toBe(404);
  },
);

test('the page of somebody else starts nothing', async () => {
  expect((await ask('/open/sound', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
});

test("a stranger's name for this machine hears nothing of the states", async () => {
  const headers = { host: 'stranger.example' };
  const origin = 'http://stranger.example';
  const asked = open(`ws://localhost:${index.port}/states`, { headers, origin });
  await expect(asked).rejects.toMatchObject({ status: 403 });
});
