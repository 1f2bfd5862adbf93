import { serve } from '@hono/node-server';
import { attach, WebSocketHandler } from '@postern/hono';
import { Hono } from 'hono';
import { announce } from '../control.mjs';

const app = new Hono();
app.get(
  '/',
  WebSocketHandler((request, ws) => ws.listen((data) => ws.write(data))),
);
attach(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, announce));
