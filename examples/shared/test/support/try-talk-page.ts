import { launchChromium } from '@postern/browser';
import type { Page } from 'puppeteer-core';

/** By default puppeteer looks once a frame, and a machine with much to do has few. */
const onChange = { polling: 'mutation' } as const;

/** What somebody does at a page that was made by `talkPage`, in Chromium. */
export interface Talk {
  /** Says a line, and waits for as many lines as are to have been heard by then; all of them. */
  say(line: string, heardByThen: number): Promise<string[]>;
  /** Waits for the state of the connection to begin so; all of it. */
  state(beginning: string): Promise<string>;
  /** What the page says is to be typed in a terminal. */
  command(): Promise<string>;
}

/** Opens the page in a browser of its own for as long as `talk` runs. Its errors, if any, are thrown. */
export async function tryTalkPage(url: string, talk: (at: Talk) => Promise<void>): Promise<void> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(url);
    await talk(talkAt(page));
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  } finally {
    await browser.close();
  }
}

function talkAt(page: Page): Talk {
  return {
    async say(line, heardByThen) {
      await page.waitForSelector("body[data-connection='open']");
      await page.locator('#line').fill(line);
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        (count) => document.querySelectorAll('.heard').length >= count,
        onChange,
        heardByThen,
      );
      return page.$$eval('.heard', (all) => all.map((each) => each.textContent));
    },
    async state(beginning) {
      const found = await page.waitForFunction(
        (wanted) => {
          const text = document.querySelector('#state')?.textContent ?? '';
          return text.startsWith(wanted) && text;
        },
        onChange,
        beginning,
      );
      return (await found.jsonValue()) || '';
    },
    command: () => page.$eval('#command', (code) => code.textContent),
  };
}
