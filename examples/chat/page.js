const byId = (id) => document.getElementById(id);
const log = byId('log');
const name = byId('name');
const text = byId('text');

let chat;
let me;
/** Everybody's names, in the order in which they came. */
let here = [];

// The conversation with the server: lines of text go there, notices in JSON come back.

function enter() {
  const address = new URL(`chat?${new URLSearchParams({ name: name.value })}`, location.href);
  let isInside = false;
  byId('enter').inert = true;
  // `ws:` for a page that came by `http:`, `wss:` for `https:`.
  chat = new WebSocket(address.href.replace(/^http/, 'ws'));
  chat.addEventListener('open', () => {
    isInside = true;
  });
  chat.addEventListener('message', ({ data }) => hear(JSON.parse(data)));
  chat.addEventListener('close', (close) => {
    byId('enter').inert = false;
    if (isInside) showEnd(close);
    else void explainRefusal(address);
  });
}

function hear(message) {
  if (message.you) arrive(message.you, message.here);
  if (message.joined) showPeople([...here, message.joined]);
  if (message.left) showPeople(here.filter((person) => person !== message.left));
  if (message.joined) addNotice(`${message.joined} comes in`);
  if (message.left) addNotice(`${message.left} goes`);
  if (message.text) addLine(message.from, message.text);
}

function say(line) {
  chat.send(line);
  // The server tells everyone but us.
  if (line !== 'exit') addLine(me, line);
}

// A browser does not tell a page why it was refused. The same question without a WebSocket brings the answer.
async function explainRefusal(address) {
  const answer = await fetch(address).then(
    (response) => response.text(),
    () => 'Nobody answers the door.',
  );
  byId('told').textContent = answer;
  byId('told').dataset.refused = '';
  document.body.dataset.place = 'outside';
  showPeople([]);
  focus(name);
}

// What is seen.

function arrive(name, others) {
  me = name;
  delete byId('told').dataset.refused;
  document.body.dataset.place = 'inside';
  showPeople([me, ...others]);
  addNotice(
    `You come in as ${me}. ${others.length ? `Here: ${list(others)}` : 'Nobody is here yet'}`,
  );
  letSpeak(true);
  focus(text);
}

function showEnd({ code, reason }) {
  const causes = { 1000: 'You have left', 1001: 'The inn has closed', 1009: 'That was too long' };
  const cause = causes[code] ?? 'The connection was lost';
  byId('why').textContent = `${cause} (${code}${reason && `: ${reason}`}).`;
  showPeople([]);
  letSpeak(false);
  byId('return').focus();
}

function letSpeak(may) {
  byId('controls').disabled = !may;
  byId('controls').hidden = !may;
  byId('gone').hidden = may;
}

function showPeople(names) {
  here = names;
  const windows = new Map([...byId('people').children].map((item) => [item.title, item]));
  for (const person of names) if (!windows.has(person)) byId('people').append(litWindow(person));
  for (const [person, item] of windows) if (!names.includes(person)) item.remove();
}

function litWindow(person) {
  const item = element('li', { title: person, className: person === me ? 'me' : '' });
  item.append(
    element('span', { className: 'pane' }),
    element('span', { className: 'who', textContent: person }),
  );
  return tint(item, person);
}

function addLine(speaker, words) {
  const isMine = speaker === me;
  const line = element('li', { className: `line ${isMine ? 'yours' : 'theirs'}` });
  if (log.lastElementChild?.dataset.speaker === speaker) line.classList.add('goes-on');
  line.dataset.speaker = speaker;
  line.append(
    element('span', { className: 'speaker', textContent: isMine ? 'You' : speaker }),
    element('span', { className: 'words', textContent: words }),
    element('time', { textContent: clock.format() }),
  );
  add(tint(line, speaker));
}

function addNotice(textContent) {
  add(element('li', { className: 'notice', textContent }));
}

function add(item) {
  const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append(item);
  // Whoever has scrolled up reads, and is not to be disturbed.
  if (wasAtEnd || item.matches('.yours')) log.scrollTop = log.scrollHeight;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

const list = (names) => new Intl.ListFormat('en').format(names);

/** Everybody has a colour, the same on every screen. */
function tint(node, person) {
  let hash = 7;
  for (const letter of person) hash = Math.imul(hash ^ letter.codePointAt(0), 0x9e3779b1) >>> 0;
  node.style.setProperty('--hue', String((hash >>> 8) % 360));
  return node;
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

// A touch keyboard that comes up unasked would cover half the page.
function focus(field) {
  if (!matchMedia('(pointer: coarse)').matches) field.focus();
}

byId('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  enter();
});
byId('say').addEventListener('submit', (event) => {
  event.preventDefault();
  if (text.value.trim() !== '') say(text.value);
  text.value = '';
});
byId('leave').addEventListener('click', () => say('exit'));
byId('return').addEventListener('click', enter);

byId('dark-windows').append(...Array.from({ length: 24 }, () => element('i', {})));
focus(name);
