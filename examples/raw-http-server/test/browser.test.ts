import { browserAvailable } from '@postern/browser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Program } from '../../shared/test/support/program.js';
import { tryTalkPage } from '../../shared/test/support/try-talk-page.js';

describe.skipIf(!browserAvailable('chromium'))('the page in Chromium', { timeout: 30_000 }, () => {
  let program: Program;
  beforeAll(() => {
    program = new Program(new URL('../server.mjs', import.meta.url));
  });
  afterAll(() => program.kill());

  test('hears what it says, and sees the server go', async () => {
    const url = await program.url();
    await tryTalkPage(url, async (page) => {
      expect(await page.state('Connected')).toBe('Connected');
      expect(await page.command()).toContain(` ws://localhost:${new URL(url).port}`);
      expect(await page.say('Good evening', 1)).toEqual(['Good evening']);
      expect(await page.say('<b>👋</b>', 2)).toEqual(['Good evening', '<b>👋</b>']);
      program.signal('SIGTERM');
      expect(await page.state('Closed')).toBe('Closed with 1001');
    });
    expect(await program.ended()).toBe(0);
  });
});
