import type { Browser, Page } from 'puppeteer-core';

/** By default puppeteer looks once a frame, and a tab in the background has none. */
const onChange = { polling: 'mutation' } as const;

/** Somebody at the page of the chat: uses what is on it, and sees what it shows. */
export class Visitor {
  readonly page: Page;
  /** Errors that nobody caught. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  static async arrive(browser: Browser, url: string): Promise<Visitor> {
    // A context is a window of its own. Of two tabs one would be in the background, where browsers save their strength.
    const context = await browser.createBrowserContext();
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(url);
    return visitor;
  }

  /** Asks to come in under a name. */
  async ask(name: string): Promise<void> {
    await this.page.locator('#name').fill(name);
    await this.press('Come in');
  }

  async comeIn(name: string): Promise<void> {
    await this.ask(name);
    await this.page.waitForSelector("body[data-place='inside']");
  }

  async press(button: string): Promise<void> {
    await this.page.locator(`::-p-aria([name="${button}"][role="button"])`).click();
  }

  async say(text: string): Promise<void> {
    await this.page.locator('#text').fill(text);
    await this.press('Say it');
  }

  /** Waits for a notice, or for a line with its speaker before it, as `Ada: Good evening`. */
  async reads(wanted: string): Promise<void> {
    await this.page.waitForFunction(
      (text) =>
        [...document.querySelectorAll('#log > li')].some((item) => {
          const parts = [...item.childNodes].map((part) => part.textContent);
          return parts.slice(0, 2).join(': ') === text;
        }),
      onChange,
      wanted,
    );
  }

  /** Waits for an element to say exactly this. */
  async sees(selector: string, wanted: string): Promise<void> {
    await this.page.waitForFunction(
      (where, text) => document.querySelector(where)?.textContent.trim() === text,
      onChange,
      selector,
      wanted,
    );
  }

  /** The names below the windows that are lit. */
  async people(): Promise<string[]> {
    return this.page.$$eval('#people > li', (all) => all.map((item) => item.textContent.trim()));
  }

  /** How many lines the conversation has, notices apart. */
  async lineCount(): Promise<number> {
    return (await this.page.$$('.line')).length;
  }
}
