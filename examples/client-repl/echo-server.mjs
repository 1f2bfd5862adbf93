import { serve } from '@postern/core';
import { talkPage } from '../shared/talk-page.mjs';

const page = talkPage({
  title: 'Echo',
  text: 'A server that says everything once more. The example is its other end: a client for the terminal. Type a line there, or here, and see what comes back.',
  command: 'node examples/client-repl/client.mjs {url}',
  suggestion: 'Is anybody there?',
});

/** @param {number} port 0 for one that is free */
export function startEchoServer(port) {
  const echo = (_, ws) => ws.listen((message) => ws.write(message));
  return serve({ port, http: page, websocket: echo });
}
