import { serve, upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import { announce } from '../control.mjs';

const app = new Hono();
app.get(
  '/',
  upgradeWebSocket(() => ({ onMessage: (event, ws) => ws.send(event.data) })),
);
const websocket = { server: new WebSocketServer({ noServer: true }) };
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', websocket }, announce);
