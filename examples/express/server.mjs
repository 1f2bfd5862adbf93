import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocketHandler, attach } from '@postern/express';
import express from 'express';
import session from 'express-session';
import { freePort } from '../shared/free-port.mjs';
import { chatGatekeeper, countGatekeeper, notLoggedIn } from '../shared/gatekeeper.mjs';
import { pageFiles } from '../shared/page-files.mjs';
import { Room } from '../shared/room.mjs';
import { nameless, newUser } from '../shared/user.mjs';

const app = express();
const room = new Room();

for (const { path, headers, body } of pageFiles('Express 5')) {
  app.get(path, (_, response) => response.set(headers).send(body));
}

app.use(
  session({
    secret: process.env.SESSION_SECRET || randomBytes(32).toString('hex'),
    resave: false,
    saveUninitialized: false,
    cookie: { sameSite: 'lax', secure: 'auto' },
  }),
);
app.use(express.json());

app.get('/session', ({ session: { user } }, response) => {
  if (user === undefined) response.status(401).type('text').send(notLoggedIn);
  else response.json(user);
});

app.post('/login', (request, response, next) => {
  const user = newUser(request.body?.name);
  if (user === undefined) return response.status(400).type('text').send(nameless);
  // A new session, so that nobody can have planted the old one.
  request.session.regenerate((error) => {
    if (error) return next(error);
    request.session.user = user;
    response.json(user);
  });
});

app.post('/logout', (request, response, next) => {
  room.dismiss(request.session.user);
  request.session.destroy((error) => (error ? next(error) : response.sendStatus(204)));
});

// The session has been read when a gatekeeper is asked.
const userOf = ({ context }) => context.session.user;
app.use('/chat', WebSocketHandler(chatGatekeeper(room, userOf), { maxMessageSize: 4096 }));
app.use('/count', WebSocketHandler(countGatekeeper));

const server = app.listen(await freePort(process.env.PORT));
const sockets = attach(server);
await once(server, 'listening');

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void shutDown());

async function shutDown() {
  server.close();
  await sockets.close(); // Everyone is told 1001, and conversations may end.
  server.closeAllConnections(); // Browsers open some in advance, and ask nothing on them.
}

console.log(`Postern in Express: http://localhost:${server.address().port}`);
