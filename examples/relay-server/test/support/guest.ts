import type { BrowserContext, Page } from 'puppeteer-core';

/** By default puppeteer looks once a frame, and a tab in the background has none. */
const often = { polling: 50 } as const;

/** Somebody who watches the starlings. */
export class Guest {
  readonly page: Page;
  /** Uncaught errors. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  static async arrive(context: BrowserContext, url: string): Promise<Guest> {
    const guest = new Guest(await context.newPage());
    await guest.page.goto(url);
    return guest;
  }

  /** Waits until this program performs, and its pictures come. */
  async sees(program: 'relay' | 'simulation', pid: number): Promise<void> {
    await this.page.waitForFunction(
      (id, words) => document.querySelector(`#${id} .process`)?.textContent === words,
      often,
      program,
      `process ${pid}`,
    );
    await this.seesPictures();
  }

  /** Waits for more of them than there are. */
  async seesPictures(): Promise<void> {
    const before = await this.#pictures();
    await this.page.waitForFunction(
      (count) => Number.parseInt(document.getElementById('pictures')!.textContent) > count + 5,
      often,
      before,
    );
  }

  /** Waits for a line of what has happened that matches. */
  async reads(pattern: RegExp): Promise<void> {
    await this.page.waitForFunction(
      (source) =>
        [...document.querySelectorAll('#log li')].some((line) =>
          new RegExp(source).test(line.textContent),
        ),
      often,
      pattern.source,
    );
  }

  /** The number of a program's process, as the page shows it. */
  async processOf(program: 'relay' | 'simulation'): Promise<number> {
    const text = await this.page.$eval(`#${program} .process`, (each) => each.textContent);
    return Number(text.replace('process ', ''));
  }

  async #pictures(): Promise<number> {
    const text = await this.page.$eval('#pictures', (each) => each.textContent);
    return Number.parseInt(text || '0', 10);
  }
}
