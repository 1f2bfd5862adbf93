import type { BrowserContext, Page } from 'puppeteer-core';

/** By default puppeteer looks once a frame, and a tab in the background has none. */
const onChange = { polling: 'mutation' } as const;

/** Somebody at the page: uses what is on it, and sees what it shows. */
export class Visitor {
  readonly page: Page;
  /** What the browser's console says of failures. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  /** Opens the page and waits until it knows who has come. */
  static async arrive(context: BrowserContext, url: string): Promise<Visitor> {
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(url);
    await visitor.page.waitForSelector("body:not([data-session='unknown'])");
    return visitor;
  }

  async logIn(name: string): Promise<void> {
    await this.page.locator('#name').fill(name);
    await this.press('Log in');
    await this.sees('open');
  }

  async press(button: string): Promise<void> {
    await this.page.locator(`::-p-aria([name="${button}"][role="button"])`).click();
  }

  async say(text: string): Promise<void> {
    await this.page.locator('#text').fill(text);
    await this.press('Say it');
  }

  /** Waits for the chat to be so. */
  async sees(chat: 'open' | 'closed'): Promise<void> {
    await this.page.waitForSelector(`body[data-chat='${chat}']`);
  }

  /** Waits for a line of the conversation that is, or begins with, the text; the speaker before what was said. */
  async reads(text: string): Promise<string> {
    const line = await this.page.waitForFunction(
      (wanted) => {
        const shown = [...document.querySelectorAll('#log > li')];
        return shown
          .map((each) => [...each.childNodes].map((part) => part.textContent).join(': '))
          .find((each) => each.startsWith(wanted));
      },
      onChange,
      text,
    );
    return (await line.jsonValue()) ?? '';
  }

  /** Waits for exactly these names on the list of who is here. */
  async seesPeople(...names: string[]): Promise<void> {
    await this.page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll('#people > li')]
          .map((each) => each.textContent)
          .join(', ') === wanted,
      onChange,
      names.join(', '),
    );
  }

  /** Counts at the second door: what came, and what the page says of the end. */
  async counts(): Promise<{ readonly numbers: string[]; readonly end: string }> {
    await this.press('Count to ten');
    const end = await this.page.waitForSelector('#count-end:not(:empty)');
    return {
      numbers: await this.page.$$eval('#numbers > li', (all) =>
        all.map((each) => each.textContent),
      ),
      end: (await end?.evaluate((each) => each.textContent)) ?? '',
    };
  }

  /** Opens a WebSocket from within the page, whatever that page is; the names of its events, in order. */
  knock(url: string): Promise<string[]> {
    return this.page.evaluate(
      (address) =>
        new Promise<string[]>((resolve) => {
          const events: string[] = [];
          const socket = new WebSocket(address);
          socket.addEventListener('open', () => {
            events.push('open');
            socket.close();
          });
          socket.addEventListener('error', () => events.push('error'));
          socket.addEventListener('close', ({ code }) => resolve([...events, `close ${code}`]));
        }),
      url,
    );
  }
}
