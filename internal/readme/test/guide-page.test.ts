import { browserAvailable, launchChromium } from '@postern/browser';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pages } from '../src/pages.js';
import { Performance } from '../src/performance.js';
import { planOf, type Step } from '../src/plan.js';
import { Workshop } from '../src/workshop.js';

const steps = planOf(pages().find(({ path }) => path === 'docs/guide.md')!.blocks);

function step<Kind extends Step['kind']>(kind: Kind, file: string): Step & { kind: Kind } {
  const found = steps.find((each) => each.kind === kind && 'file' in each && each.file === file);
  return found as Step & { kind: Kind };
}

describe.skipIf(!browserAvailable('chromium'))('the page of the guide', { timeout: 60_000 }, () => {
  let workshop: Workshop;
  let performance: Performance;
  let browser: Browser;
  beforeAll(async () => {
    workshop = await Workshop.open();
    performance = new Performance(workshop);
    await performance.write(step('write', 'page.html'));
    await performance.serve(step('serve', 'server-page.mjs'));
    browser = await launchChromium();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    performance.stop();
    await workshop.close();
  });

  async function visit(): Promise<Page> {
    const page = await (await browser.createBrowserContext()).newPage();
    await page.goto(`http://localhost:${performance.port}/`, { waitUntil: 'networkidle0' });
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.type('input', text);
    await page.keyboard.press('Enter');
  }

  async function hear(page: Page, count: number): Promise<string[]> {
    await page.waitForFunction(`document.querySelectorAll('li').length === ${count}`);
    return page.$$eval('li', (items) => items.map(({ textContent }) => textContent));
  }

  test('shows in both windows what one of them says, and takes it for text', async () => {
    const [one, other] = [await visit(), await visit()];
    await say(one, '<b>Milk?</b>');
    expect(await hear(one, 1)).toEqual(['<b>Milk?</b>']);
    expect(await hear(other, 1)).toEqual(['<b>Milk?</b>']);
    await say(other, 'Please');
    expect(await hear(one, 2)).toEqual(['<b>Milk?</b>', 'Please']);
  });
});
