import { keepConnected } from './keep-connected.js';

const SVG = 'http://www.w3.org/2000/svg';
const COUNT = 7;
const SPACING = 78;
const CORD = 140;
const TAP = 0.06; // Radians: less is no drag.
const states = { connecting: 'Knocking …', open: 'Connected', closed: 'Away; trying again' };

const picture = document.getElementById('picture');
const sign = document.getElementById('sign');

/** Those that hang there, and the last picture that came. */
const lanterns = Array.from({ length: COUNT }, (_, index) => hang(index));
let newest;
let pictures = 0;

const send = keepConnected('/', {
  message(data) {
    if (typeof data === 'string') return void (sign.textContent = JSON.parse(data).sign);
    if (!newest) requestAnimationFrame(draw);
    newest = new DataView(data);
    pictures += 1;
  },
  state(name) {
    document.getElementById('state').textContent = states[name];
    if (name === 'closed') sign.textContent = 'Nobody is there.';
  },
});
const wish = (words) => send(JSON.stringify(words));

setInterval(() => {
  document.getElementById('rate').textContent = `${pictures} pictures in the last second`;
  pictures = 0;
}, 1000);

/** Once a frame at most, however many pictures have come. */
function draw() {
  lanterns.forEach((lantern, index) => {
    const { group, halo, x, y } = lantern;
    lantern.angle = newest.getFloat32(index * 8);
    const degrees = (-lantern.angle * 180) / Math.PI;
    const hue = newest.getFloat32(index * 8 + 4);
    const place = `translate(${x} ${y}) rotate(${degrees.toFixed(2)})`;
    for (const part of [group, halo]) part.setAttribute('transform', place);
    group.style.setProperty('--hand', hue < 0 ? 'transparent' : `hsl(${hue} 70% 55%)`);
  });
  newest = undefined;
}

/** @param {number} index */
function hang(index) {
  const x = (index - (COUNT - 1) / 2) * SPACING;
  const y = 107 - 52 * (x / 285) ** 2; // Where the rope is.
  const transform = `translate(${x} ${y})`;
  const halo = element('circle', { class: 'halo', transform, cy: CORD, r: 74 });
  const group = element('g', {
    class: 'lantern',
    transform,
    tabindex: 0,
    role: 'button',
    'aria-label': `Lantern ${index + 1}`,
  });
  group.append(
    element('use', { href: '#lantern' }),
    element('circle', { class: 'ring', cy: CORD, r: 37 }),
    element('circle', { class: 'touch', cy: CORD, r: 39 }),
  );
  document.getElementById('halos').append(halo);
  document.getElementById('lanterns').append(group);
  const lantern = { group, halo, x, y, angle: 0 };
  group.addEventListener('pointerdown', (event) => grab(event, index, lantern));
  group.addEventListener('keydown', ({ key }) => {
    const push = { ArrowLeft: -1.5, ArrowRight: 1.5, Enter: 1.5, ' ': 1.5 }[key];
    if (push) wish({ lantern: index, push });
  });
  return lantern;
}

/** From the press to the release: a drag holds the lantern, a tap pushes it away. */
function grab(pressed, index, lantern) {
  const { group } = lantern;
  const begin = angleOf(pressed, lantern);
  const released = new AbortController();
  let dragged = false;

  const move = (event) => {
    const hold = angleOf(event, lantern);
    dragged ||= Math.abs(hold - begin) > TAP;
    if (dragged) wish({ lantern: index, hold });
  };
  const release = ({ type }) => {
    released.abort();
    const push = begin > lantern.angle ? -2.5 : 2.5;
    if (dragged) wish({ letGo: true });
    else if (type === 'pointerup') wish({ lantern: index, push });
  };

  const { signal } = released;
  group.setPointerCapture(pressed.pointerId);
  group.addEventListener('pointermove', move, { signal });
  group.addEventListener('pointerup', release, { signal });
  group.addEventListener('pointercancel', release, { signal });
}

/** The angle at which a lantern would hang where the pointer is. */
function angleOf({ clientX, clientY }, { x, y }) {
  const toPicture = picture.getScreenCTM().inverse();
  const point = new DOMPoint(clientX, clientY).matrixTransform(toPicture);
  return Math.atan2(point.x - x, Math.max(point.y - y, 1));
}

function element(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}
