import { browserAvailable, launchChromium } from '@postern/browser';
import { open } from '@postern/core';
import type { Browser, BrowserContext, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Program } from '../../shared/test/support/program.js';

vi.setConfig({ hookTimeout: 60_000 }); // Programs and a browser have to start.

const server = new URL('../server.mjs', import.meta.url);
const often = { polling: 50 } as const;

describe.skipIf(!browserAvailable('chromium'))('the plot in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let program: Program;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    program = new Program(server);
    context = await browser.createBrowserContext();
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(await program.url());
  });
  afterEach(async () => {
    await context.close();
    program.kill();
  });

  /** Waits until each line has `count` points, in as many pieces as `gaps` and one more. */
  async function seesLines(count: number, gaps = 0): Promise<void> {
    await page.waitForFunction(
      (points, pieces) =>
        [...document.querySelectorAll('path.line')].every((line) => {
          const d = line.getAttribute('d') ?? '';
          return d.split(/[ML]/).length > points && d.split('M').length > pieces;
        }),
      often,
      count,
      gaps + 1,
    );
  }

  /** Waits until what the card says of the slowest round trip is `milliseconds` or more. */
  async function seesSlow(card: string, milliseconds: number): Promise<void> {
    await page.waitForFunction(
      (name, least) => {
        const text = document.querySelector(`.card.${name} .worst`)?.textContent ?? '';
        const [number = '', unit] = text.split(' ');
        return Number(number) * (unit === 's' ? 1000 : unit === 'ms' ? 1 : 0) >= least;
      },
      often,
      card,
      milliseconds,
    );
  }

  test('draws three lines and says their figures', async () => {
    await seesLines(6);
    const figures = await page.$$eval('.card :is(.now, dd)', (all) =>
      all.map((each) => each.textContent),
    );
    expect(figures).toHaveLength(12);
    for (const figure of figures) expect(figure).toMatch(/^[\d.]+ (µs|ms|s)$/);
    expect(complaints).toEqual([]);
  });

  test('a finer clock is at hand: the page shares its process with no other site', async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  test('a page that is busy is slow to hear its echo, and the answer to its request', async () => {
    await page.click('#busy-page');
    await Promise.all([seesSlow('echo', 59), seesSlow('request', 59)]);
    expect(await page.$eval('#busy-page', (each) => each.ariaPressed)).toBe('true');
  });

  test('a server that is busy is slow to hear the pong, and to answer', async () => {
    await page.click('#busy-server');
    await Promise.all([seesSlow('ping', 59), seesSlow('echo', 59)]);
    expect(await page.$eval('#busy-server', (each) => each.ariaPressed)).toBe('true');
  });

  test('while the server is away there is a gap, and after it the lines go on', async () => {
    await seesLines(2);
    program.signal('SIGTERM');
    await page.waitForSelector("body[data-connection='closed']");
    expect(await program.ended()).toBe(0);
    program = new Program(server, { PORT: new URL(page.url()).port });
    await seesLines(4, 1);
  });
});

describe('the server of the plot', { timeout: 60_000 }, () => {
  let program: Program;
  beforeEach(() => {
    program = new Program(server);
  });
  afterEach(() => program.kill());

  test('tells its round trips, and echoes', async () => {
    const ws = await open(await program.url());
    await ws.write('echo 1.5');
    expect(await ws.read()).toBe('echo 1.5');
    expect(await ws.read()).toMatch(/^ping \d+(\.\d+)?$/);
    await ws.close();
  });

  test('SIGINT tells everybody 1001 and exits with 0', async () => {
    const ws = await open(await program.url());
    program.signal('SIGINT');
    expect(await ws.closed).toMatchObject({ code: 1001, wasClean: true });
    expect(await program.ended()).toBe(0);
  });

  test('/nothing is nothing, and there is nothing else', async () => {
    const url = await program.url();
    expect((await fetch(new URL('nothing', url))).status).toBe(204);
    expect((await fetch(new URL('else', url))).status).toBe(404);
  });
});
