// The plainest echo server on @postern/core, in either style. Prints its URL; ends when its standard input does.
import { parseArgs } from 'node:util';
import { serve } from '@postern/core';

const { values } = parseArgs({
  options: {
    'max-message-size': { type: 'string' },
    style: { type: 'string', default: 'listen' },
  },
});

const styles = {
  listen: (request, ws) => ws.listen((data) => ws.write(data)),
  iterate: (request, ws) => echo(ws),
};

async function echo(ws) {
  for await (const message of ws) await ws.write(message);
}

const size = values['max-message-size'];
const limits = size === undefined ? {} : { maxMessageSize: Number(size) };
const server = await serve({ port: 0, websocket: styles[values.style], ...limits });
console.log(`ws://127.0.0.1:${server.port}/`);
process.stdin.on('end', () => process.exit()).resume();
