import { attach, WebSocketHandler } from '@postern/express';
import express from 'express';
import { announce } from '../control.mjs';

const app = express();
app.use(
  '/',
  WebSocketHandler((request, ws) => ws.listen((data) => ws.write(data))),
);
const server = app.listen(0, '127.0.0.1', () => announce(server.address()));
attach(server);
