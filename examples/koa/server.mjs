import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { bodyParser } from '@koa/bodyparser';
import { Router } from '@koa/router';
import { WebSocketHandler, attach } from '@postern/koa';
import Koa from 'koa';
import session from 'koa-session';
import { freePort } from '../shared/free-port.mjs';
import { chatGatekeeper, countGatekeeper, notLoggedIn } from '../shared/gatekeeper.mjs';
import { pageFiles } from '../shared/page-files.mjs';
import { Room } from '../shared/room.mjs';
import { nameless, newUser } from '../shared/user.mjs';

const app = new Koa();
const router = new Router();
const room = new Room();

for (const { path, headers, body } of pageFiles('Koa 3')) {
  router.get(path, (context) => {
    context.set(headers);
    context.body = body;
  });
}

// The whole session is in its cookie, signed.
app.keys = [process.env.SESSION_SECRET || randomBytes(32).toString('hex')];
app.use(session({ sameSite: 'lax' }, app));
app.use(bodyParser());

router.get('/session', (context) => {
  const { user } = context.session;
  context.status = user === undefined ? 401 : 200;
  context.body = user ?? notLoggedIn;
});

router.post('/login', (context) => {
  const user = newUser(context.request.body?.name);
  context.status = user === undefined ? 400 : 200;
  context.body = user ?? nameless;
  if (user !== undefined) context.session.user = user;
});

router.post('/logout', (context) => {
  room.dismiss(context.session.user);
  context.session = null;
  context.status = 204;
});

// The session has been read when a gatekeeper is asked.
const userOf = ({ context }) => context.session.user;
router.get('/chat', WebSocketHandler(chatGatekeeper(room, userOf), { maxMessageSize: 4096 }));
router.get('/count', WebSocketHandler(countGatekeeper));
app.use(router.routes());

const server = app.listen(await freePort(process.env.PORT));
const sockets = attach(server);
await once(server, 'listening');

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void shutDown());

async function shutDown() {
  server.close();
  await sockets.close(); // Everyone is told 1001, and conversations may end.
  server.closeAllConnections(); // Browsers open some in advance, and ask nothing on them.
}

console.log(`Postern in Koa: http://localhost:${server.address().port}`);
