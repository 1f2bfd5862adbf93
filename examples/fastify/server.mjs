import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import { WebSocketHandler, postern } from '@postern/fastify';
import Fastify from 'fastify';
import { freePort } from '../shared/free-port.mjs';
import { chatGatekeeper, countGatekeeper, notLoggedIn } from '../shared/gatekeeper.mjs';
import { pageFiles } from '../shared/page-files.mjs';
import { Room } from '../shared/room.mjs';
import { nameless, newUser } from '../shared/user.mjs';

// Browsers open connections in advance, and ask nothing on them: `close` is not to wait for those.
const app = Fastify({ forceCloseConnections: true });
const room = new Room();

for (const { path, headers, body } of pageFiles('Fastify 5')) {
  app.get(path, (_, reply) => reply.headers(headers).send(body));
}

await app.register(postern);
await app.register(cookie);
await app.register(session, {
  secret: process.env.SESSION_SECRET || randomBytes(32).toString('hex'),
  saveUninitialized: false,
  cookie: { sameSite: 'lax', secure: 'auto' },
});

app.get('/session', ({ session: { user } }, reply) =>
  user === undefined ? reply.code(401).send(notLoggedIn) : reply.send(user),
);

app.post('/login', async (request, reply) => {
  const user = newUser(request.body?.name);
  if (user === undefined) return reply.code(400).send(nameless);
  // A new session, so that nobody can have planted the old one.
  await request.session.regenerate();
  request.session.user = user;
  return user;
});

app.post('/logout', async (request, reply) => {
  room.dismiss(request.session.user);
  await request.session.destroy();
  return reply.code(204).send();
});

// The session has been read when a gatekeeper is asked.
const userOf = ({ context }) => context.session.user;
app.get('/chat', WebSocketHandler(chatGatekeeper(room, userOf), { maxMessageSize: 4096 }));
app.get('/count', WebSocketHandler(countGatekeeper));

await app.listen({ port: await freePort(process.env.PORT) });

// Everyone is told 1001, and conversations may end.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void app.close());

console.log(`Postern in Fastify: http://localhost:${app.server.address().port}`);
