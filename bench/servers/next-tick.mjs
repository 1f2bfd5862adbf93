// The control of the row `timer`: Postern's protocol, a timer before each reply, and a `nextTick` that sends each by itself.
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { defaults, negotiate } from '@postern/core';
import { FIN, Opcode, Protocol, createFrame } from '@postern/core/protocol';
import { announce } from './control.mjs';

/** @import { Socket } from 'node:net' */

const server = createServer().on('upgrade', (request, socket) => {
  const answer = negotiate(request);
  if (!answer.ok) return void socket.destroy();
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    [value].flat().map((each) => `${name}: ${each}`),
  );
  socket.write(['HTTP/1.1 101 Switching Protocols', ...headers, '\r\n'].join('\r\n'));
  converse(/** @type {Socket} */ (socket));
});
server.listen(0, '127.0.0.1', () => announce(server.address()));

/** @param {Socket} socket */
function converse(socket) {
  const sink = {
    onMessage: (/** @type {unknown} */ data) => void reply(socket, data),
    onCompressedMessage: () => {},
    onPing: () => {},
    onPong: () => {},
    onClose: () => socket.end(),
  };
  const protocol = new Protocol(sink, { ...defaults, role: 'server', allowCompressed: false });
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk) => protocol.receive(chunk));
}

/**
 * @param {Socket} socket
 * @param {unknown} data
 */
async function reply(socket, data) {
  await setTimeout(0);
  const frame = createFrame(FIN | Opcode.Text, Buffer.from(String(data)), undefined);
  process.nextTick(() => socket.write(frame));
}
