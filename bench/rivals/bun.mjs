import { setTimeout } from 'node:timers/promises';
import { announce } from '../servers/control.mjs';
import { asked, certificate } from '../servers/modes.mjs';

const { Bun } = globalThis;
const deflate = asked('deflate');
const topic = asked('broadcast') ? 'all' : '';
globalThis.gc = () => Bun.gc(true);

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  ...(asked('tls') && { tls: certificate() }),
  fetch: (request, { upgrade }) => (upgrade.call(server, request) ? undefined : new Response()),
  websocket: {
    maxPayloadLength: 16 * 1024 * 1024,
    // Both sides remember what was before, as in the other servers.
    perMessageDeflate: deflate && { compress: 'dedicated', decompress: 'dedicated' },
    open: (socket) => void (topic && socket.subscribe(topic)),
    message: asked('timer') ? later : topic ? publish : echo,
  },
});
announce({ port: server.port });

function echo(socket, data) {
  socket.send(data, deflate);
}

async function later(socket, data) {
  await setTimeout(0);
  socket.send(data);
}

function publish(socket, data) {
  server.publish(topic, data);
}
