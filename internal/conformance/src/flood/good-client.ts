import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { CaseFailure } from '../case-failure.js';
import { Conversation } from '../conversation.js';
import { openConnection } from '../judge-server-handshake.js';
import { withSocket } from '../open-socket.js';
import { performStep } from '../perform-step.js';
import { receiveText, send } from '../steps.js';
import { text } from '../wire/frames.js';

const patience = 10_000;

/** A client that talks while others attack, and remembers its longest wait for an echo. */
export class GoodClient {
  #stopped = false;
  readonly #done: Promise<number>;

  constructor(url: URL) {
    this.#done = this.#talk(url);
    this.#done.catch(() => {});
  }

  /** Says goodbye; milliseconds of the longest wait. Fails when an echo was wrong or missing. */
  async stop(): Promise<number> {
    this.leave();
    return this.#done;
  }

  /** Says goodbye, whatever the echoes were. */
  leave(): void {
    this.#stopped = true;
  }

  #talk(url: URL): Promise<number> {
    return withSocket(url, patience, async (socket) => {
      await openConnection(socket, url);
      const conversation = new Conversation(socket, 'server');
      let slowest = 0;
      for (let count = 0; !this.#stopped; count += 1) {
        slowest = Math.max(slowest, await roundTrip(conversation, `still there ${count}?`));
        await wait(10);
      }
      return slowest;
    });
  }
}

async function roundTrip(conversation: Conversation, words: string): Promise<number> {
  const from = performance.now();
  await performStep(conversation, send(text(words)));
  await performStep(conversation, receiveText(words));
  return performance.now() - from;
}

/** Fails when the good client was made to wait longer than `most` milliseconds. */
export function checkWait(slowest: number, most: number): void {
  if (slowest > most) {
    throw new CaseFailure(
      `a good client waited ${Math.round(slowest)} ms for an echo, at most ${most} expected`,
    );
  }
}
