// `ws:` for a page that came by `http:`, `wss:` for `https:`; the same host in both cases.
const address = new URL('/', location.href);
address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

const meanings = {
  1000: 'normal closure',
  1001: 'going away',
  1005: 'no close code was given',
  1006: 'no closing handshake',
  1009: 'message too big',
  1011: 'the server failed',
};

const byId = (id) => document.getElementById(id);
const form = byId('form');
const text = byId('text');
const reconnect = byId('reconnect');

let socket;

function connect() {
  let wasOpen = false;
  showState('connecting', 'Knocking …');
  socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => {
    wasOpen = true;
    showState('open', 'Connected');
    addNote('The gatekeeper lets you in.');
  });
  socket.addEventListener('message', ({ data }) => addMessage('Gatekeeper', data));
  socket.addEventListener('close', (close) => {
    showState('closed', wasOpen ? 'Ended' : 'Not connected');
    addNote(wasOpen ? describeEnd(close) : describeFailure(close), String(close.code));
  });
}

function say(data) {
  socket.send(data);
  addMessage('You', data);
}

function describeEnd({ code, reason, wasClean }) {
  const meaning = meanings[code] ? ` (${meanings[code]})` : '';
  const given = reason ? `with the reason “${reason}”` : 'without a reason';
  return `The conversation ended: ${code}${meaning}, ${given}, ${wasClean ? 'cleanly' : 'not cleanly'}.`;
}

// A browser does not tell a page why a handshake failed, lest pages explore other people's networks.
function describeFailure({ code }) {
  return `The opening handshake failed (${code}): the server is not there, or the gatekeeper refused.`;
}

function showState(state, words) {
  const active = document.activeElement;
  document.body.dataset.state = state;
  byId('state').textContent = words;
  byId('controls').disabled = state !== 'open';
  reconnect.hidden = state !== 'closed';
  // Whoever uses the keyboard should not lose their place when their control goes away.
  if (state === 'closed' && form.contains(active)) reconnect.focus();
  if (state === 'open' && (active === reconnect || active === document.body)) focusText();
}

// A touch keyboard that comes up unasked would cover half the page.
function focusText() {
  if (!matchMedia('(pointer: coarse)').matches) text.focus();
}

function addMessage(speaker, data) {
  const line = element('li', { className: `message ${speaker === 'You' ? 'yours' : 'theirs'}` });
  line.append(
    element('span', { className: 'speaker', textContent: speaker }),
    typeof data === 'string' ? words(data) : bytes(new Uint8Array(data)),
  );
  addLine(line);
}

function addNote(textContent, closeCode) {
  const line = element('li', { className: 'note', textContent });
  if (closeCode) line.dataset.closeCode = closeCode;
  addLine(line);
}

function words(data) {
  if (data === '') return element('span', { className: 'silence', textContent: 'says nothing' });
  return element('span', { className: 'words', textContent: data });
}

function bytes(data) {
  const row = element('span', { className: 'bytes' });
  for (const byte of data) {
    const cell = element('code', { textContent: byte.toString(16).padStart(2, '0') });
    cell.style.setProperty('--hue', String((byte * 360) / 256));
    row.append(cell, ' ');
  }
  return row;
}

function addLine(line) {
  const log = byId('log');
  log.append(line);
  log.scrollTop = log.scrollHeight;
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  say(text.value);
  text.value = '';
});
byId('send-binary').addEventListener('click', () => say(crypto.getRandomValues(new Uint8Array(8))));
byId('send-empty').addEventListener('click', () => say(''));
reconnect.addEventListener('click', connect);

byId('address').textContent = address.href;
connect();

const source = await fetch('gatekeeper.mjs');
byId('source').textContent = await source.text();
