// The plainest echo server on npm ws. Prints its URL; ends when its standard input does.
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';

const { values } = parseArgs({
  options: { 'max-message-size': { type: 'string', default: '1048576' } },
});
const maxPayload = Number(values['max-message-size']);

const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  maxPayload,
  perMessageDeflate: false,
});
server.on('connection', (ws) => {
  ws.on('error', () => {});
  ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
});
server.on('listening', () => console.log(`ws://127.0.0.1:${server.address().port}/`));
process.stdin.on('end', () => process.exit()).resume();
