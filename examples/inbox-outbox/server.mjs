import { freePort } from '../shared/free-port.mjs';
import { startServer } from './start-server.mjs';

const server = await startServer(await freePort(process.env.PORT));

// Everyone is told 1001; with nothing left to do, Node ends by itself, with 0.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void server.close());

console.log(`Postern letters: http://localhost:${server.port}`);
