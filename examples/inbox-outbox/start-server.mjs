import { setTimeout as wait } from 'node:timers/promises';
import { serve } from '@postern/core';
import { talkPage } from '../shared/talk-page.mjs';

const page = talkPage({
  title: 'Inbox and outbox',
  text: 'A server that thinks for a while before it answers a letter. The example is its other end: a program that writes and reads through two queues. Or write a letter yourself.',
  command: 'node examples/inbox-outbox/client.mjs {url}',
  suggestion: 'How are you?',
});

/** For an answer, in milliseconds. */
const TIME_TO_THINK = 300;

/** @param {number} port 0 for one that is free */
export function startServer(port) {
  return serve({ port, http: page, websocket: (_, ws) => answerLetters(ws) });
}

/** @param {import('@postern/core').WebSocket} ws */
async function answerLetters(ws) {
  for await (const letter of ws) {
    await wait(TIME_TO_THINK);
    await ws.write(`“${String(letter)}” has kept me thinking.`);
  }
}
