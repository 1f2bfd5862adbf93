import { browserAvailable, launchChromium } from '@postern/browser';
import { open } from '@postern/core';
import type { Browser, BrowserContext } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Program } from '../../shared/test/support/program.js';
import { Watcher } from './support/watcher.js';

vi.setConfig({ hookTimeout: 60_000 }); // Programs and a browser have to start.

const server = new URL('../server.mjs', import.meta.url);

describe.skipIf(!browserAvailable('chromium'))('lanterns in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let program: Program;
  let url: string;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    context = await browser.createBrowserContext();
    program = new Program(server);
    url = await program.url();
  });
  afterEach(async () => {
    await context.close();
    program.kill();
  });

  test('a push from the keyboard is seen by everybody', async () => {
    const ada = await Watcher.arrive(context, url);
    await ada.reads('You are the only one here.');
    const grace = await Watcher.arrive(context, url);
    await grace.reads('You are 2 people here.');
    await grace.presses('ArrowRight', 2);
    await Promise.all([ada, grace].map((each) => each.reads('The second lantern was pushed.')));
    await grace.presses('ArrowRight', 2);
    await ada.seesLantern(2, 10);
    expect([...ada.complaints, ...grace.complaints]).toEqual([]);
  });

  test('a lantern follows the pointer, belongs to one hand, and swings back', async () => {
    const ada = await Watcher.arrive(context, url);
    const grace = await Watcher.arrive(context, url);
    await ada.page.bringToFront();
    const { x, y } = await ada.whereIs(4);
    await ada.page.mouse.move(x, y);
    await ada.page.mouse.down();
    await ada.page.mouse.move(x + 90, y - 20, { steps: 5 });
    await ada.seesLantern(4, 20);
    await grace.seesHand(4, true);
    await grace.seesLantern(4, 20);
    await grace.presses('ArrowLeft', 4);
    await grace.reads('The fourth lantern is in a hand.');

    await ada.page.bringToFront();
    await ada.page.mouse.up();
    await ada.seesLantern(4, -5);
    await grace.seesHand(4, false);
    expect(ada.complaints).toEqual([]);
  });

  test('whoever leaves with a lantern in the hand lets go of it', async () => {
    const ada = await Watcher.arrive(context, url);
    const ws = await open(url);
    await ws.write('{"lantern":0,"hold":0.5}');
    await ada.seesHand(1, true);
    await ws.close();
    await ada.seesHand(1, false);
    await ada.reads('You are the only one here.');
    expect(ada.complaints).toEqual([]);
  });

  test('a tap pushes the lantern away', async () => {
    const ada = await Watcher.arrive(context, url);
    const { x, y } = await ada.whereIs(6);
    await ada.page.mouse.click(x - 8, y);
    await ada.reads('The sixth lantern was pushed.');
    await ada.seesLantern(6, 10);
    expect(ada.complaints).toEqual([]);
  });

  test('SIGTERM ends it with 0, and the page is there again as soon as the server is', async () => {
    const ada = await Watcher.arrive(context, url);
    program.signal('SIGTERM');
    await ada.sees('closed');
    await ada.reads('Nobody is there.');
    expect(await program.ended()).toBe(0);
    program = new Program(server, { PORT: new URL(url).port });
    await ada.sees('open');
    await ada.reads('You are the only one here.');
  });
});

describe('the server of the lanterns', { timeout: 60_000 }, () => {
  let program: Program;
  beforeEach(() => {
    program = new Program(server);
  });
  afterEach(() => program.kill());

  test('sends 56 bytes a picture', async () => {
    const ws = await open(await program.url());
    for await (const data of ws) {
      if (typeof data === 'string') continue;
      expect(data.length).toBe(56);
      break;
    }
    await ws.close();
  });

  test.each(['what', '{"lantern":7,"push":1}'])('ends a connection that says %j', async (words) => {
    const ws = await open(await program.url());
    await ws.write(words);
    expect(await ws.closed).toMatchObject({ code: 1008, reason: 'expected a lantern' });
  });

  test('SIGINT tells everybody 1001 and exits with 0', async () => {
    const ws = await open(await program.url());
    program.signal('SIGINT');
    expect(await ws.closed).toMatchObject({ code: 1001, wasClean: true });
    expect(await program.ended()).toBe(0);
  });
});
