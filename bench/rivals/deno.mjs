import { setTimeout } from 'node:timers/promises';
import { announce } from '../servers/control.mjs';
import { asked, certificate } from '../servers/modes.mjs';

const { Deno } = globalThis;
const timer = asked('timer');

Deno.serve(
  {
    port: 0,
    hostname: '127.0.0.1',
    onListen: announce,
    ...(asked('tls') && certificate()),
  },
  (request) => {
    // It pings as the others do, and has no compression.
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 30 });
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', timer ? later : echo);
    return response;
  },
);

function echo({ target, data }) {
  target.send(data);
}

async function later({ target, data }) {
  await setTimeout(0);
  target.send(data);
}
