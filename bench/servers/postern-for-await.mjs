import { serve } from '@postern/core';
import { announce } from './control.mjs';

/** @import { WebSocket } from '@postern/core' */

announce(await serve({ port: 0, host: '127.0.0.1', websocket: (request, ws) => echo(ws) }));

/** @param {WebSocket} ws */
async function echo(ws) {
  for await (const data of ws) await ws.write(data);
}
