import { WebSocketServer } from 'ws';
import { announce } from '../control.mjs';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (ws) => ws.on('message', (data) => ws.send(data)));
server.on('listening', () => announce(server.address()));
