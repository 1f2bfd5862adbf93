import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { launchChromium } from '@postern/browser';
import type { Browser, BrowserContext } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { notLoggedIn } from '../../gatekeeper.mjs';
import { ExampleProcess } from './example-process.js';
import { Visitor } from './visitor.js';

const KNOCK = 'Knock without logging in, and see what a stranger is told';
const told401 = `The door stays shut (1006). Asked over HTTP, the server says 401: ${notLoggedIn}`;

/** What Chromium's console says of a refused handshake; of a 401 it has words of its own. */
const refused401 = expect.stringMatching(/WebSocket .+ failed: HTTP Authentication failed/);
const refused403 = expect.stringMatching(/WebSocket .+ failed: .+ Unexpected response code: 403/);

/** What people see at the page. */
export function testInChromium(example: () => ExampleProcess, program: URL): void {
  let browser: Browser;
  /** A context for each person: they have cookies of their own. */
  let contexts: BrowserContext[];

  beforeAll(async () => {
    browser = await launchChromium({ hosts: { 'stranger.example': '127.0.0.1' } });
  });
  afterAll(() => browser.close());
  beforeEach(() => {
    contexts = [];
  });
  afterEach(async () => {
    for (const context of contexts) await context.close();
  });

  /** Somebody new opens the page. */
  async function arrive(url = example().url): Promise<Visitor> {
    const context = await browser.createBrowserContext();
    contexts.push(context);
    return Visitor.arrive(context, url);
  }

  test('a stranger is refused with 401, and the page says why', async () => {
    const stranger = await arrive();
    await stranger.press(KNOCK);
    expect(await stranger.reads('The door')).toBe(told401);
    expect(stranger.complaints).toContainEqual(refused401);
  });

  test('whoever logs in talks with the others, and is shown out at the logout', async () => {
    const ada = await arrive();
    const grace = await arrive();
    await ada.logIn('Ada');
    await ada.seesPeople('Ada (you)');
    await grace.logIn('Grace');
    await ada.reads('Grace comes in.');
    await grace.seesPeople('Ada', 'Grace (you)');

    await ada.say('Good evening 👋');
    expect(await grace.reads('Ada: ')).toBe('Ada: Good evening 👋');
    expect(await ada.reads('You: ')).toBe('You: Good evening 👋');
    await grace.say('<b>Who goes there?</b>');
    expect(await ada.reads('Grace: ')).toBe('Grace: <b>Who goes there?</b>');

    await grace.press('Log out');
    await grace.reads('The door closes: 4001, “logged out”.');
    await ada.reads('Grace goes.');
    await ada.seesPeople('Ada (you)');
    await grace.press(KNOCK);
    expect(await grace.reads('The door stays')).toBe(told401);
  });

  test('all tabs of a session are one person, and a page that is loaded anew is in again', async () => {
    const first = await arrive();
    await first.logIn('Ada');
    const second = await Visitor.arrive(contexts[0]!, example().url);
    await second.sees('open');
    await first.seesPeople('Ada (you)');
    await second.say('from the other tab');
    expect(await first.reads('You: ')).toBe('You: from the other tab');
    await first.page.reload();
    await first.sees('open');
    await first.seesPeople('Ada (you)');
  });

  // Cookies know no ports: this page's handshake carries the session.
  test('the page of another origin is refused with 403, even with a session', async () => {
    const ada = await arrive();
    await ada.logIn('Ada');
    const foreign = createServer((_, response) => response.end('<!doctype html>a foreign page'));
    await once(foreign.listen(0), 'listening');
    const { port } = foreign.address() as AddressInfo;
    await ada.page.goto(`http://localhost:${port}/`);
    const chat = `ws://localhost:${example().port}/chat`;
    expect(await ada.knock(chat)).toEqual(['error', 'close 1006']);
    expect(ada.complaints).toContainEqual(refused403);
    foreign.close();
  });

  test("a stranger's name for this machine is refused by the gatekeeper", async () => {
    const host = `stranger.example:${example().port}`;
    const visitor = await arrive(`http://${host}/`);
    expect(await visitor.knock(`ws://${host}/chat`)).toEqual(['error', 'close 1006']);
    expect(visitor.complaints).toContainEqual(refused403);
  });

  test('the second door agrees on the subprotocol and counts', async () => {
    const visitor = await arrive();
    expect(await visitor.counts()).toEqual({
      numbers: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
      end: 'Spoke “count”, ended with 1000.',
    });
  });

  test('SIGTERM: the page sees 1001, and the example ends with 0', async () => {
    const mortal = await ExampleProcess.start(program);
    const ada = await arrive(mortal.url);
    await ada.logIn('Ada');
    mortal.signal('SIGTERM');
    await ada.reads('The door closes: 1001');
    expect(await mortal.ended()).toBe(0);
  });
}
