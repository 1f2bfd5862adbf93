import { serve, subprotocols } from '@postern/core';
import { talkPage } from '../shared/talk-page.mjs';
import { count, subprotocol } from './count.mjs';

const page = talkPage({
  title: 'Counting together',
  text: 'Two who count to ten, in turns, in the subprotocol <code>count</code>, and a log that shows it. Here you are the client, and you begin.',
  command: 'node examples/count-with-logger/client.mjs {url}',
  suggestion: '1',
  subprotocol,
});

/**
 * @param {number} port 0 for one that is free
 * @param {import('@postern/logger').WebSocketLogger} log
 */
export function startServer(port, log) {
  const serverLog = log.scope('server');

  /** @type {import('@postern/core').Gatekeeper} */
  const gatekeeper = (request, ws) => {
    if (!subprotocols(request).includes(subprotocol)) {
      return ws.refuse(400, { body: `Only the subprotocol “${subprotocol}” is spoken here.\n` });
    }
    return count(ws, 1, serverLog);
  };

  return serve({ port, http: page, websocket: gatekeeper, subprotocols: [subprotocol] });
}
