import { WebSocketServer } from 'ws';
import { serveWs } from './serve-ws.mjs';

serveWs(WebSocketServer);
