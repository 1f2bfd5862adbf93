import { open, type WebSocket } from '@postern/core';
import type { ExampleProcess } from './example-process.js';

/** A program that logs in as the page does, and carries the session's cookie. */
export class Guest {
  readonly #example: ExampleProcess;
  readonly #cookie: string;

  private constructor(example: ExampleProcess, cookie: string) {
    this.#example = example;
    this.#cookie = cookie;
  }

  static async logIn(example: ExampleProcess, name: string): Promise<Guest> {
    const response = await fetch(new URL('login', example.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    return new Guest(example, cookies.join('; '));
  }

  /** Knocks at `/chat`, as from a page of `origin`, or as no page. */
  chat(origin?: string): Promise<WebSocket> {
    return open(new URL('chat', this.#example.url), {
      headers: { cookie: this.#cookie },
      ...(origin !== undefined && { origin }),
    });
  }
}
