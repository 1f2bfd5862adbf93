import Koa from 'koa';
import websockify from 'koa-websocket';
import { announce } from '../control.mjs';

const app = websockify(new Koa());
app.ws.use(
  ({ websocket }) =>
    void websocket.on('message', (data, binary) => websocket.send(data, { binary })),
);
const server = app.listen(0, '127.0.0.1', () => announce(server.address()));
