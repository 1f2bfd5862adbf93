// A server whose every piece of user code fails. No handler for uncaught errors: one would end the process.
import { createServer } from 'node:http';

const { attach, serve, upgrade } = await import(process.env.POSTERN_CORE);

const fail = (what) => {
  throw new Error(`faulty ${what}`);
};
const failLater = async (what) => {
  await Promise.resolve();
  fail(what);
};

async function gatekeeper(request, ws) {
  const { pathname } = new URL(request.url, 'http://localhost');
  ws.signal.addEventListener('abort', () => undefined);
  if (pathname === '/before') await failLater('gatekeeper');
  if (pathname === '/never') await ws.closed;
  await ws.accept();
  void ws.write(Symbol('no message'));
  void ws.ping('x'.repeat(200));
  void ws.close({ code: 1005 });
  if (pathname === '/after') await failLater('gatekeeper');
  if (pathname === '/listener') await ws.listen(() => fail('listener'));
  if (pathname === '/late-listener') await ws.listen(() => failLater('listener'));
  for await (const message of ws) await ws.write(message);
}

const common = {
  host: '127.0.0.1',
  websocket: gatekeeper,
  origins: () => fail('origins'),
  onError: () => fail('onError'),
  handshakeTimeout: 200,
};
let count = 0;
const served = await serve({
  ...common,
  // Every third connection fails.
  acceptConnection: () => (count++ % 3 === 2 ? fail('acceptConnection') : true),
});
const rejecting = await serve({ ...common, onError: () => failLater('onError') });

const attached = createServer();
attach(attached, {
  ...common,
  filter: ({ url }) =>
    url.startsWith('/foreign') ? false : url === '/filter' ? fail('filter') : true,
});
const byHand = createServer().on('upgrade', (request, socket, head) => {
  void upgrade(request, socket, head, gatekeeper, common);
});
const listening = [attached, byHand].map(
  (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)),
);
await Promise.all(listening);

const ports = [served.port, rejecting.port, attached.address().port, byHand.address().port];
console.log(JSON.stringify(ports));
process.stdin.resume().on('end', () => process.exit(0));
