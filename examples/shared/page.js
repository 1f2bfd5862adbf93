const byId = (id) => document.getElementById(id);
const log = byId('log');
const text = byId('text');
const name = byId('name');
const reconnect = byId('reconnect');

/** Who is logged in, as the server's session says; `undefined` for a stranger. */
let me;
/** Who is in the chat, by id. */
let people = new Map();
let chat;

// The session, over HTTP.

async function askSession() {
  const response = await fetch('session');
  if (response.ok) me = await response.json();
  else me = undefined;
  document.body.dataset.session = me ? 'guest' : 'stranger';
  byId('me').textContent = me?.name ?? '';
  return me ? '' : `${response.status}: ${await response.text()}`;
}

async function post(path, body = {}) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) addNote(await response.text());
  return response.ok;
}

async function logIn() {
  if (!(await post('login', { name: name.value }))) return;
  name.value = '';
  log.replaceChildren();
  await askSession();
  connect();
}

async function logOut() {
  await post('logout');
  await askSession();
  focus(name);
}

// The chat, over a WebSocket. The browser sends the session's cookie along.

function connect() {
  let wasOpen = false;
  showChat('connecting', 'Knocking …');
  chat = new WebSocket(addressOf('chat'));
  chat.addEventListener('open', () => {
    wasOpen = true;
    showChat('open', 'In the chat');
  });
  chat.addEventListener('message', ({ data }) => receive(JSON.parse(data)));
  chat.addEventListener('close', ({ code, reason }) => {
    showChat('closed', 'Not connected');
    showPeople([]);
    if (wasOpen) addNote(`The door closes: ${code}${reason && `, “${reason}”`}.`, code);
    else void explainFailure(code);
  });
}

// A browser does not tell a page why a handshake failed. The page asks again, without a WebSocket.
async function explainFailure(code) {
  const refusal = await askSession().catch(() => 'nothing');
  addNote(
    `The door stays shut (${code}). Asked over HTTP, the server says ${refusal || 'yes'}`,
    code,
  );
}

function receive(message) {
  if (message.people) showPeople(message.people);
  else addMessage(message.from, message.text);
}

// `ws:` for a page that came by `http:`, `wss:` for `https:`; the same host in both cases.
function addressOf(path) {
  const address = new URL(path, location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return address;
}

// The second door.

function count() {
  const numbers = byId('numbers');
  const end = byId('count-end');
  const button = byId('count');
  numbers.replaceChildren();
  end.textContent = '';
  button.disabled = true;
  const socket = new WebSocket(addressOf('count?to=10'), ['count']);
  let agreed = '';
  socket.addEventListener('open', () => (agreed = socket.protocol));
  socket.addEventListener('message', ({ data }) => {
    numbers.append(element('li', { textContent: data }));
  });
  socket.addEventListener('close', ({ code }) => {
    button.disabled = false;
    end.dataset.closeCode = code;
    end.textContent = agreed ? `Spoke “${agreed}”, ended with ${code}.` : `Failed with ${code}.`;
  });
}

// What is seen.

function showChat(state, words) {
  const active = document.activeElement;
  document.body.dataset.chat = state;
  byId('state').textContent = words;
  byId('controls').disabled = state !== 'open';
  reconnect.hidden = state !== 'closed';
  // Whoever uses the keyboard should not lose their place when their control goes away.
  if (state === 'closed' && byId('form').contains(active)) reconnect.focus();
  if (state === 'open' && (active === reconnect || active === document.body)) focus(text);
}

// A touch keyboard that comes up unasked would cover half the page.
function focus(field) {
  if (!matchMedia('(pointer: coarse)').matches) field.focus();
}

function showPeople(list) {
  const before = people;
  people = new Map(list.map((person) => [person.id, person]));
  const { dataset } = document.body;
  if (dataset.chat === 'open') {
    for (const [id, person] of people) if (!before.has(id)) addNote(`${person.name} comes in.`);
    for (const [id, person] of before) if (!people.has(id)) addNote(`${person.name} goes.`);
  }
  byId('people').replaceChildren(...list.map(nameOf));
  byId('people-on-the-wall').replaceChildren(...list.slice(0, 9).map(figureOf));
}

function nameOf(person) {
  const textContent = person.id === me?.id ? `${person.name} (you)` : person.name;
  return tinted(element('li', { textContent }), person);
}

/** Looks through the gaps of the wall, right and left of the door in turn. */
function figureOf(person, index) {
  const figure = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  const step = (index % 2 === 0 ? 1 : -1) * Math.ceil(index / 2);
  figure.setAttribute('href', '#person');
  figure.setAttribute('x', String(3 - 30 + step * 60));
  figure.setAttribute('y', '36');
  figure.setAttribute('width', '24');
  figure.setAttribute('height', '28');
  return tinted(figure, person);
}

/** Everybody has a colour. */
function tinted(node, { id }) {
  node.style.setProperty('--hue', String(Number.parseInt(id.slice(0, 4), 16) % 360));
  return node;
}

function addMessage(from, words) {
  const isMine = from.id === me?.id;
  const line = element('li', { className: `message ${isMine ? 'yours' : 'theirs'}` });
  line.append(
    element('span', { className: 'speaker', textContent: isMine ? 'You' : from.name }),
    element('span', { className: 'words', textContent: words }),
  );
  addLine(tinted(line, from));
}

function addNote(textContent, closeCode) {
  const line = element('li', { className: 'note', textContent });
  if (closeCode) line.dataset.closeCode = closeCode;
  addLine(line);
}

function addLine(line) {
  log.append(line);
  log.scrollTop = log.scrollHeight;
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  void logIn();
});
byId('logout').addEventListener('click', () => void logOut());
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (text.value.trim() !== '') chat.send(text.value);
  text.value = '';
});
byId('knock').addEventListener('click', connect);
reconnect.addEventListener('click', connect);
byId('count').addEventListener('click', count);

byId('address').textContent = addressOf('chat').href;
await askSession();
if (me) connect();
else focus(name);
