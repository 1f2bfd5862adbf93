import { afterAll, beforeAll, expect, test } from 'vitest';

import { buildCore, type BuiltCore } from '../node/support/built-core.js';
import { startProcess, type StartedProcess } from './support/start-process.js';

let core: BuiltCore;
beforeAll(async () => {
  core = await buildCore();
}, 60_000);
afterAll(() => core.remove());

const isNews = (line: string): boolean => line !== 'waiting';

test('a client outlives servers that are killed, and ends when its loop does', async () => {
  /** The next server, at the same place; resolves with its port. */
  const serve = async (word: string, port = '0'): Promise<[StartedProcess, string]> => {
    const server = startProcess(core.url, 'mortal-server', port, word);
    return [server, await server.line()];
  };
  const [one, port] = await serve('one');
  const client = startProcess(core.url, 'returning-client', `ws://127.0.0.1:${port}`);
  expect(await client.line(isNews)).toBe('one heard first');

  one.kill('SIGKILL');
  expect(await client.line()).toBe('waiting');
  // It has asked in vain at least once before the next one is there.
  expect(await client.line()).toBe('waiting');
  const [two] = await serve('two', port);
  expect(await client.line(isNews)).toBe('two heard after 1');

  two.kill('SIGTERM');
  expect(await two.outcome).toEqual({ end: 0, stderr: '' });
  const [three] = await serve('three', port);
  expect(await client.line(isNews)).toBe('three heard after 2');
  three.kill('SIGTERM');
  expect(await client.line(isNews)).toBe('left');
  expect(await client.outcome).toEqual({ end: 0, stderr: '' });
}, 60_000);
