import type { BrowserContext, KeyInput, Page } from 'puppeteer-core';

/** By default puppeteer looks once a frame, and a tab in the background has none. */
const often = { polling: 50 } as const;

/** Somebody who looks at the lanterns. */
export class Watcher {
  readonly page: Page;
  /** What the browser complained of: uncaught errors, resources and styles that were blocked. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async arrive(context: BrowserContext, url: string): Promise<Watcher> {
    const watcher = new Watcher(await context.newPage());
    await watcher.page.goto(url);
    await watcher.sees('open');
    return watcher;
  }

  async sees(connection: 'open' | 'closed'): Promise<void> {
    await this.page.waitForSelector(`body[data-connection='${connection}']`);
  }

  /** Waits until the sign says so. */
  async reads(words: string): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => document.getElementById('sign')?.textContent.trim() === wanted,
      often,
      words,
    );
  }

  /** Waits until the lantern, counted from 1, hangs more than `degrees` to the right; less than none is to the left. */
  async seesLantern(lantern: number, degrees: number): Promise<void> {
    await this.page.bringToFront();
    await this.page.waitForFunction(
      (label, wanted) => {
        const transform = document
          .querySelector(`[aria-label='${label}']`)
          ?.getAttribute('transform');
        const [, turned] = /rotate\((.+)\)/.exec(transform ?? '') ?? [];
        const toTheRight = -Number(turned);
        return wanted > 0 ? toTheRight > wanted : toTheRight < wanted;
      },
      often,
      `Lantern ${lantern}`,
      degrees,
    );
  }

  /** Waits for the ring that says that somebody holds it. */
  async seesHand(lantern: number, isThere: boolean): Promise<void> {
    await this.page.bringToFront();
    await this.page.waitForFunction(
      (label, wanted) => {
        const group = document.querySelector<SVGElement>(`[aria-label='${label}']`);
        const hand = group?.style.getPropertyValue('--hand') ?? '';
        return hand.startsWith('hsl') === wanted;
      },
      often,
      `Lantern ${lantern}`,
      isThere,
    );
  }

  /** With the lantern in focus. */
  async presses(key: KeyInput, lantern: number): Promise<void> {
    await this.page.bringToFront();
    await this.page.$eval(`[aria-label='Lantern ${lantern}']`, (each) =>
      (each as SVGElement).focus(),
    );
    await this.page.keyboard.press(key);
  }

  /** The middle of a lantern, in pixels of the page. */
  async whereIs(lantern: number): Promise<{ readonly x: number; readonly y: number }> {
    const circle = await this.page.waitForSelector(`[aria-label='Lantern ${lantern}'] .touch`);
    const { x, y, width, height } = (await circle!.boundingBox())!;
    return { x: x + width / 2, y: y + height / 2 };
  }
}
