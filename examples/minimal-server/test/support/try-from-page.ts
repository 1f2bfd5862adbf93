import type { Page } from 'puppeteer-core';

/** What a page learns of a WebSocket that it tried to open. */
export interface Attempt {
  /** The names of its events, in order. */
  readonly events: readonly string[];
  readonly closeCode: number;
  readonly wasClean: boolean;
}

/** Opens a WebSocket from within `page`, whatever that page is, and waits for its end. */
export function tryFromPage(page: Page, url: string): Promise<Attempt> {
  return page.evaluate(
    (address) =>
      new Promise<Attempt>((resolve) => {
        const events: string[] = [];
        const socket = new WebSocket(address);
        socket.addEventListener('open', () => {
          events.push('open');
          socket.close();
        });
        socket.addEventListener('error', () => events.push('error'));
        socket.addEventListener('close', ({ code, wasClean }) => {
          events.push('close');
          resolve({ events, closeCode: code, wasClean });
        });
      }),
    url,
  );
}
