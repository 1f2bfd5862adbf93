import { attach, WebSocketHandler } from '@postern/koa';
import Koa from 'koa';
import { announce } from '../control.mjs';

const app = new Koa();
app.use(WebSocketHandler((request, ws) => ws.listen((data) => ws.write(data))));
const server = app.listen(0, '127.0.0.1', () => announce(server.address()));
attach(server);
