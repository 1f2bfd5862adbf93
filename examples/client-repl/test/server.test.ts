import { browserAvailable } from '@postern/browser';
import { open } from '@postern/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Program } from '../../shared/test/support/program.js';
import { tryTalkPage } from '../../shared/test/support/try-talk-page.js';

let program: Program;
let url: string;

beforeEach(async () => {
  program = new Program(new URL('../server.mjs', import.meta.url));
  url = await program.url();
});
afterEach(() => program.kill());

test.each(['SIGINT', 'SIGTERM'] as const)('%s tells everyone 1001, exit code 0', async (signal) => {
  const ws = await open(url);
  await ws.write('Is anybody there?');
  expect(await ws.read()).toBe('Is anybody there?');
  program.signal(signal);
  expect(await ws.closed).toMatchObject({ code: 1001, initiator: 'peer' });
  expect(await program.ended()).toBe(0);
});

test.skipIf(!browserAvailable('chromium'))('has a page', { timeout: 30_000 }, async () => {
  await tryTalkPage(url, async (page) => {
    expect(await page.command()).toBe(
      `node examples/client-repl/client.mjs ws://localhost:${new URL(url).port}`,
    );
    expect(await page.say('Is anybody there?', 1)).toEqual(['Is anybody there?']);
  });
});
