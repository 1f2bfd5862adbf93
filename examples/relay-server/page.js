import { keepConnected } from './keep-connected.js';
import { Sky } from './sky.js';

const byId = (id) => document.getElementById(id);
const states = { connecting: 'Waiting for a seat …', open: 'Joined', closed: 'Away; trying again' };
const meanings = {
  1001: ', somebody said goodbye',
  1006: ', the relay is lost',
  1014: ', the relay has lost the simulation',
};
const canvas = byId('sky');
const sky = new Sky(canvas);
const log = byId('log');
let pictures = 0;
let lostAt = 0;

const send = keepConnected('/flock', {
  message(data) {
    if (typeof data === 'string') return welcome(JSON.parse(data).simulation);
    pictures += 1;
    byId('pictures').textContent = `${pictures} pictures`;
    sky.show(data);
  },
  state(name, closeCode) {
    byId('state').textContent = states[name];
    if (name === 'open') send('hello');
    if (name !== 'closed') return;
    if (!lostAt && pictures > 0) {
      lostAt = performance.now();
      note(`The connection ended: ${closeCode}${meanings[closeCode] ?? ''}.`);
    }
    show('simulation', '');
    void lookForRelay();
  },
});

function welcome(simulation) {
  const seconds = ((performance.now() - lostAt) / 1000).toFixed(1);
  note(
    lostAt
      ? `Back after ${seconds} s, with simulation ${simulation}.`
      : `Simulation ${simulation} performs.`,
  );
  lostAt = 0;
  show('simulation', simulation);
  void lookForRelay();
}

/** Over HTTP, because a browser does not tell a page why a WebSocket failed. */
async function lookForRelay() {
  try {
    const { relay, plugs } = await (await fetch('relay')).json();
    show('relay', relay);
    byId('plugs').hidden = !plugs;
  } catch {
    show('relay', '');
  }
}

/** The number of its process, or nothing when it is not there. */
function show(name, number) {
  byId(name).dataset.there = String(number !== '');
  byId(name).querySelector('.process').textContent = number === '' ? 'away' : `process ${number}`;
}

function note(words) {
  const time = new Date().toLocaleTimeString();
  log.prepend(Object.assign(document.createElement('li'), { textContent: `${time} ${words}` }));
  log.children[8]?.remove();
}

function fear(event) {
  send(JSON.stringify(sky.placeOf(event)));
}

canvas.addEventListener('pointerdown', fear);
canvas.addEventListener('pointermove', fear);
for (const event of ['pointerleave', 'pointercancel']) {
  canvas.addEventListener(event, () => send('no hawk'));
}

byId('unplug-simulation').addEventListener('click', () => send('unplug'));
const plug = new URL('/unplug', location.href);
plug.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
byId('unplug-relay').addEventListener('click', () => new WebSocket(plug));
