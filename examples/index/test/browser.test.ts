import { browserAvailable, launchChromium } from '@postern/browser';
import type { Browser, BrowserContext, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Program } from '../../shared/test/support/program.js';
import { findExamples } from '../examples.mjs';

vi.setConfig({ hookTimeout: 60_000 }); // Programs and a browser have to start.

const server = new URL('../server.mjs', import.meta.url);

describe.skipIf(!browserAvailable('chromium'))('the index in Chromium', { timeout: 60_000 }, () => {
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

  test('holds a conversation with the gatekeeper', async () => {
    await page.waitForSelector("body[data-state='open']");
    await page.locator('#text').fill("Peer, you're lying!");
    await page.locator('#send').click();
    const answer = await page.waitForSelector('.theirs > .words');
    expect(await answer!.evaluate((each) => each.textContent)).toBe("No, I'm not!");
    expect(complaints).toEqual([]);
  });

  test('offers every example, by a link or by a command', async () => {
    const cards = await page.$$eval('.card', (all) =>
      all.map((card) => ({
        name: card.id,
        offer:
          card.querySelector('a')?.getAttribute('href') ?? card.querySelector('code')?.textContent,
      })),
    );
    const offered = cards.map(({ name, offer }) => `${name}: ${offer}`);
    const examples = findExamples().map(({ name, kind }) =>
      kind === 'terminal' ? `${name}: npm start -- ${name}` : `${name}: /open/${name}`,
    );
    expect(offered.toSorted()).toEqual(examples.toSorted());
  });

  test('a card leads to the page of its example, and says that it runs', async () => {
    await page.locator('#minimal-server a').click();
    await page.waitForFunction(() => document.title === 'The gatekeeper · Postern');
    expect(page.url()).not.toBe(await program.url());
    await page.goBack();
    const card = await page.waitForSelector("#minimal-server[data-state='running'] .standing");
    expect(await card!.evaluate((each) => each.textContent)).toBe('Running');
    expect(complaints).toEqual([]);
  });
});

describe('the process of the index', { timeout: 60_000 }, () => {
  let program: Program;
  beforeEach(() => {
    program = new Program(server);
  });
  afterEach(() => program.kill());

  /** Where the page of an example is, once it runs. */
  async function opened(name: string): Promise<string> {
    const response = await fetch(new URL(`open/${name}`, await program.url()));
    expect(response.status).toBe(200);
    return response.url;
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends all examples, and exits with 0',
    async (signal) => {
      const pages = [await opened('minimal-server'), await opened('express')];
      program.signal(signal);
      expect(await program.ended()).toBe(0);
      for (const each of pages) await expect(fetch(each)).rejects.toThrow('fetch failed');
    },
  );

  test('examples end even when the index is killed', async () => {
    const page = await opened('minimal-server');
    program.kill();
    expect(await program.ended()).toBe('SIGKILL');
    await expect.poll(() => fetch(page).catch(String), { timeout: 10_000 }).toContain('failed');
  });
});

describe('npm start', { timeout: 120_000 }, () => {
  const script = new URL('../../../scripts/start.mjs', import.meta.url);

  test('runs one example alone when it is given its name, and ends with 0, though Ctrl+C comes twice', async () => {
    const program = new Program(script, {}, ['minimal-server']);
    try {
      const response = await fetch(await program.url());
      expect(await response.text()).toContain('<h1>The gatekeeper</h1>');
      program.signal('SIGINT');
      program.signal('SIGINT');
      expect(await program.ended()).toBe(0);
    } finally {
      program.kill();
    }
  });

  test('names the examples when it is given another name', async () => {
    const program = new Program(script, {}, ['minimal-sewer']);
    expect(await program.ended()).toBe(1);
    expect(program.printed[0]).toBe('There is no example “minimal-sewer”. There are:');
    const named = program.printed.slice(1).map((line) => line.trim().split(' ')[0]);
    expect(named).toEqual(findExamples().map(({ name }) => name));
  });
});
