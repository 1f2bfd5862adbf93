import { once } from 'node:events';
import { createServer } from 'node:http';
import { browserAvailable, launchChromium } from '@postern/browser';
import type { WebSocketServer } from '@postern/core';
import type { Browser, BrowserContext } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { start } from '../server.mjs';
import { echoedLengths } from './support/echoed-lengths.js';
import { portOf } from './support/port-of.js';
import { tryFromPage } from './support/try-from-page.js';
import { Visitor } from './support/visitor.js';
import { watchedGatekeeper, type Visit } from './support/watched-gatekeeper.js';

describe.skipIf(!browserAvailable('chromium'))('the page in Chromium', { timeout: 30_000 }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let server: WebSocketServer;
  let visits: Visit[];
  let home: string;

  beforeAll(async () => {
    browser = await launchChromium({ hosts: { 'stranger.example': '127.0.0.1' } });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    context = await browser.createBrowserContext();
    const watched = watchedGatekeeper();
    visits = watched.visits;
    server = await start({ port: 0, websocket: watched.websocket });
    home = `http://localhost:${server.port}/`;
  });
  afterEach(async () => {
    await context.close();
    await server.close();
  });

  test.each(['localhost', '127.0.0.1'])('holds the conversation at %s', async (host) => {
    const visitor = await Visitor.arrive(context, `http://${host}:${server.port}/`);
    expect(await visitor.say("Peer, you're lying!")).toBe("No, I'm not!");
    expect(await visitor.say('Well, then.')).toBe('Why?');
    expect(await visitor.say('peer')).toBe('Why?');
    expect(await visitor.say('Π 👋 …')).toBe('Why?');
    expect(visitor.complaints).toEqual([]);
  });

  test('ends with 1000 when nothing is said, and starts again on request', async () => {
    const visitor = await Visitor.arrive(context, home);
    await visitor.press('Say nothing, and leave');
    expect(await visitor.ending()).toEqual({
      text: 'The conversation ended: 1000 (normal closure), without a reason, cleanly.',
      closeCode: '1000',
    });
    await visits[0]!.life;

    await visitor.press('Reconnect');
    await visitor.sees('open');
    expect(await visitor.say('Peace?')).toBe("No, I'm not!");
  });

  test('needs no mouse: the keyboard is where it is needed, before, after and again', async () => {
    const visitor = await Visitor.arrive(context, home);
    const { keyboard } = visitor.page;
    const heard = await visitor.hears(async () => {
      await keyboard.type('Pax');
      await keyboard.press('Enter');
    });
    expect(heard).toBe("No, I'm not!");
    await keyboard.press('Enter');
    expect(await visitor.ending()).toMatchObject({ closeCode: '1000' });
    await keyboard.press('Enter');
    await visitor.sees('open');
    expect(await visitor.hears(() => keyboard.type('Once more\n'))).toBe('Why?');
  });

  test('sends bytes and shows the same bytes coming back', async () => {
    const visitor = await Visitor.arrive(context, home);
    const heard = await visitor.hears(() => visitor.press('Send 8 bytes'));
    expect(heard).toMatch(/^([0-9a-f]{2} ?){8}$/);
    expect(heard).toBe(await visitor.lastSaid());
  });

  test('gets bytes back as they were, few and many', async () => {
    const { page } = await Visitor.arrive(context, home);
    const lengths = [0, 1, 125, 126, 65_535, 65_536, 1_048_576];
    expect(await page.evaluate(echoedLengths, lengths)).toEqual(lengths);
  });

  test('is told 1001 when the server closes', async () => {
    const visitor = await Visitor.arrive(context, home);
    await server.close();
    expect(await visitor.ending()).toMatchObject({ closeCode: '1001' });
    await visits[0]!.life;
  });

  test('ends the conversation on the server when the visitor goes elsewhere', async () => {
    const { page } = await Visitor.arrive(context, home);
    await page.goto('about:blank');
    await visits[0]!.life;
    expect(await visits[0]!.ws.closed).toMatchObject({ code: 1001, initiator: 'peer' });
    expect(server.connections.size).toBe(0);
  });

  test('ends the conversation on the server when the tab is closed', async () => {
    const { page } = await Visitor.arrive(context, home);
    await page.close();
    await visits[0]!.life;
    expect(await visits[0]!.ws.closed).toMatchObject({ initiator: 'peer' });
    expect(server.connections.size).toBe(0);
  });

  test('of a foreign origin sees the handshake fail, and the gatekeeper never hears of it', async () => {
    const foreign = createServer((_, response) => response.end('<!doctype html>a foreign page'));
    await once(foreign.listen(0), 'listening');
    const page = await context.newPage();
    await page.goto(`http://localhost:${portOf(foreign)}/`);
    const attempt = await tryFromPage(page, `ws://localhost:${server.port}/`);
    expect(attempt).toEqual({ events: ['error', 'close'], closeCode: 1006, wasClean: false });
    expect(visits).toEqual([]);
    foreign.close();
  });

  test("under a stranger's name for this machine is refused by the gatekeeper", async () => {
    const page = await context.newPage();
    const stranger = `stranger.example:${server.port}/`;
    await page.goto(`http://${stranger}`);
    await page.waitForSelector("body[data-state='closed']");
    const attempt = await tryFromPage(page, `ws://${stranger}`);
    expect(attempt).toEqual({ events: ['error', 'close'], closeCode: 1006, wasClean: false });
    expect(visits).toHaveLength(2);
    expect(server.connections.size).toBe(0);
  });
});
