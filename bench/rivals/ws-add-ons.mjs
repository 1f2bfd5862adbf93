// A copy of ws that finds its native add-ons beside it.
import { WebSocketServer } from 'ws';
import { serveWs } from '../servers/serve-ws.mjs';

serveWs(WebSocketServer);
