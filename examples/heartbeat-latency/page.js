import { keepConnected } from './keep-connected.js';
import { Plot } from './plot.js';
import { Samples, inWords } from './samples.js';

const INTERVAL = 250;
const ABSENCE = 60;
const states = { connecting: 'Knocking …', open: 'Connected', closed: 'Away; trying again' };

const lines = { ping: new Samples(), echo: new Samples(), request: new Samples() };
const plot = new Plot(document.getElementById('plot'), lines);
const busyPage = document.getElementById('busy-page');
const busyServer = document.getElementById('busy-server');
let isOpen = false;

const send = keepConnected('/', {
  message(data) {
    const [kind, number] = data.split(' ');
    if (kind === 'ping') lines.ping.add(Number(number)); // Timed by the server.
    if (kind === 'echo') lines.echo.add(performance.now() - Number(number));
  },
  state(name) {
    isOpen = name === 'open';
    document.getElementById('state').textContent = states[name];
    if (!isOpen) for (const samples of Object.values(lines)) samples.interrupt();
    if (isOpen) tellServer();
  },
});

async function measure() {
  if (!isOpen) return;
  send(`echo ${performance.now()}`);
  maybeThinkOfSomethingElse();
  await requestNothing();
}

/** The same round trip by HTTP, on a connection that is kept alive. */
async function requestNothing() {
  const begin = performance.now();
  try {
    const answer = fetch('nothing');
    maybeThinkOfSomethingElse();
    await answer;
    lines.request.add(performance.now() - begin);
  } catch {
    lines.request.interrupt();
  }
}

/** What a page should never do: it hears of nothing meanwhile. */
function maybeThinkOfSomethingElse() {
  const end = performance.now() + (isPressed(busyPage) ? ABSENCE : 0);
  while (performance.now() < end);
}

function show() {
  plot.draw();
  for (const [name, samples] of Object.entries(lines)) {
    const card = document.querySelector(`.card.${name}`);
    card.querySelector('.now').textContent = inWords(samples.last);
    card.querySelector('.median').textContent = inWords(samples.quantile(0.5));
    card.querySelector('.most').textContent = inWords(samples.quantile(0.95));
    card.querySelector('.worst').textContent = inWords(samples.quantile(1));
  }
}

function tellServer() {
  send(isPressed(busyServer) ? 'busy' : 'idle');
}

function isPressed(button) {
  return button.getAttribute('aria-pressed') === 'true';
}

for (const button of [busyPage, busyServer]) {
  button.addEventListener('click', () => {
    button.setAttribute('aria-pressed', String(!isPressed(button)));
    tellServer();
  });
}

setInterval(() => void measure(), INTERVAL);
setInterval(show, 100);
