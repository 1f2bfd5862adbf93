const byId = (id) => document.getElementById(id);
const { subprotocol } = document.body.dataset;
const line = byId('line');

// `ws:` for a page that came by `http:`, `wss:` for `https:`.
const address = location.origin.replace(/^http/, 'ws');

let socket;

function connect() {
  showState('connecting', 'Knocking …');
  socket = new WebSocket(address, subprotocol ? [subprotocol] : []);
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => {
    showState('open', socket.protocol ? `Connected, speaks “${socket.protocol}”` : 'Connected');
  });
  socket.addEventListener('message', ({ data }) => add('heard', inWords(data)));
  socket.addEventListener('close', ({ code, reason }) => {
    showState('closed', `Closed with ${code}${reason && `: ${reason}`}`);
  });
}

function inWords(data) {
  return typeof data === 'string' ? data : `${data.byteLength} bytes`;
}

function showState(state, words) {
  const wasInForm = byId('form').contains(document.activeElement);
  document.body.dataset.connection = state;
  byId('state').textContent = words;
  byId('controls').disabled = state !== 'open';
  byId('again').hidden = state !== 'closed';
  // Whoever uses the keyboard should not lose their place when their control goes away.
  if (state === 'closed' && wasInForm) byId('again').focus();
  if (state === 'open' && !matchMedia('(pointer: coarse)').matches) line.focus();
}

function add(className, textContent) {
  const log = byId('log');
  log.append(Object.assign(document.createElement('li'), { className, textContent }));
  log.scrollTop = log.scrollHeight;
}

byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  socket.send(line.value);
  add('said', line.value);
  line.value = '';
});
byId('again').addEventListener('click', connect);

byId('command').textContent = byId('command').textContent.replaceAll('{url}', address);
connect();
