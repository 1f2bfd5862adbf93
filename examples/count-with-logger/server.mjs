import { logTraffic, WebSocketLogger } from '@postern/logger';
import { freePort } from '../shared/free-port.mjs';
import { startServer } from './start-server.mjs';

const log = new WebSocketLogger({ level: process.env.LOG_LEVEL || 'info' });
const server = await startServer(await freePort(process.env.PORT), log);

// Everyone is told 1001; with nothing left to do, Node ends by itself, with 0.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void server.close());

console.log(`Postern count: http://localhost:${server.port}`);
logTraffic(server, { logger: log });
