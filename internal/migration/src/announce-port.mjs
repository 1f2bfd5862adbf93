// Loaded before a program of a page: tells whoever started it the port that its server got.
import { subscribe } from 'node:diagnostics_channel';

subscribe('tracing:net.server.listen:asyncEnd', ({ server }) => {
  process.send({ port: server.address().port });
});
