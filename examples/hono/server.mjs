import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { WebSocketHandler, attach } from '@postern/hono';
import { Hono } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { freePort } from '../shared/free-port.mjs';
import { chatGatekeeper, countGatekeeper, notLoggedIn } from '../shared/gatekeeper.mjs';
import { pageFiles } from '../shared/page-files.mjs';
import { Room } from '../shared/room.mjs';
import { nameless, newUser } from '../shared/user.mjs';

const secret = process.env.SESSION_SECRET || randomBytes(32).toString('hex');
const app = new Hono();
const room = new Room();

for (const { path, headers, body } of pageFiles('Hono 4')) {
  app.get(path, (context) => context.body(body, 200, headers));
}

// Whoever is logged in carries a signed cookie that says who they are.
app.use(async (context, next) => {
  const user = await getSignedCookie(context, secret, 'user');
  if (user) context.set('user', JSON.parse(user));
  await next();
});

app.get('/session', (context) => {
  const user = context.get('user');
  return user === undefined ? context.text(notLoggedIn, 401) : context.json(user);
});

app.post('/login', async (context) => {
  const { name } = await context.req.json().catch(() => ({}));
  const user = newUser(name);
  if (user === undefined) return context.text(nameless, 400);
  await setSignedCookie(context, 'user', JSON.stringify(user), secret, {
    httpOnly: true,
    sameSite: 'Lax',
  });
  return context.json(user);
});

app.post('/logout', (context) => {
  room.dismiss(context.get('user'));
  deleteCookie(context, 'user');
  return context.body(null, 204);
});

// The cookie has been read when a gatekeeper is asked.
const userOf = ({ context }) => context.get('user');
app.get('/chat', WebSocketHandler(chatGatekeeper(room, userOf), { maxMessageSize: 4096 }));
app.get('/count', WebSocketHandler(countGatekeeper));

const server = serve({ fetch: app.fetch, port: await freePort(process.env.PORT) });
const sockets = attach(server);
await once(server, 'listening');

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void shutDown());

async function shutDown() {
  server.close();
  await sockets.close(); // Everyone is told 1001, and conversations may end.
  server.closeAllConnections(); // Browsers open some in advance, and ask nothing on them.
}

console.log(`Postern in Hono: http://localhost:${server.address().port}`);
