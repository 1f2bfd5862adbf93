import express from 'express';
import expressWs from 'express-ws';
import { announce } from '../control.mjs';

const { app } = expressWs(express());
app.ws('/', (ws) => ws.on('message', (data, binary) => ws.send(data, { binary })));
const server = app.listen(0, '127.0.0.1', () => announce(server.address()));
