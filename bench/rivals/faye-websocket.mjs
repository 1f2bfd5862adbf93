import { createServer } from 'node:http';
import WebSocket from 'faye-websocket';
import { announce } from '../servers/control.mjs';

const http = createServer();

http.on('upgrade', (request, socket, head) => {
  const ws = new WebSocket(request, socket, head);
  ws.on('message', ({ data }) => ws.send(data));
});
http.listen(0, '127.0.0.1', () => announce(http.address()));
