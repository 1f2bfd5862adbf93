import { open } from '@postern/core';
import { correspond } from './correspond.mjs';
import { mailbox } from './mailbox.mjs';
import { startServer } from './start-server.mjs';

// With a URL it writes to the server there, without one to its own.
const [url] = process.argv.slice(2);
const server = url === undefined ? await startServer(0) : undefined;

const leaving = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => leaving.abort());

const ws = await open(url ?? server.url, { signal: leaving.signal }).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
await correspond(mailbox(ws));
await server?.close();
