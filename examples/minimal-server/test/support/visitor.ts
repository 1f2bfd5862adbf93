import type { BrowserContext, Page } from 'puppeteer-core';

/** Somebody at the page: uses what is on it, and sees what it shows. */
export class Visitor {
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

  /** Opens the page and waits until the gatekeeper has let the visitor in. */
  static async arrive(context: BrowserContext, url: string): Promise<Visitor> {
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(url);
    await visitor.sees('open');
    return visitor;
  }

  async sees(state: 'connecting' | 'open' | 'closed'): Promise<void> {
    await this.page.waitForSelector(`body[data-state='${state}']`);
  }

  async press(button: string): Promise<void> {
    await this.page.locator(`::-p-aria([name="${button}"][role="button"])`).click();
  }

  /** Says the text and waits for what comes back. */
  async say(text: string): Promise<string> {
    return this.hears(async () => {
      await this.page.locator('input').fill(text);
      await this.press('Say it');
    });
  }

  /** What the gatekeeper answers to an action, as the page shows it. */
  async hears(action: () => Promise<void>): Promise<string> {
    const before = await this.answers();
    await action();
    await this.page.waitForFunction(
      (count) => document.querySelectorAll('.theirs').length > count,
      {},
      before.length,
    );
    const after = await this.answers();
    return after.slice(before.length).join('\n');
  }

  /** The bytes that were shown last as sent by the visitor. */
  async lastSaid(): Promise<string> {
    const said = await this.page.$$eval('.yours > :last-child', shownTexts);
    return said.at(-1) ?? '';
  }

  /** The last line of the conversation, with the close code that it carries. */
  async ending(): Promise<{ readonly text: string; readonly closeCode: string | undefined }> {
    await this.sees('closed');
    return this.page.$eval('#log > :last-child', (line) => ({
      text: line.textContent,
      closeCode: line instanceof HTMLElement ? line.dataset['closeCode'] : undefined,
    }));
  }

  private answers(): Promise<string[]> {
    return this.page.$$eval('.theirs > :last-child', shownTexts);
  }
}

/** Runs in the page. */
function shownTexts(elements: Element[]): string[] {
  return elements.map((element) => element.textContent.trim());
}
