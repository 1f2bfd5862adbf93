const WIDTH = 180;
const HEIGHT = 100;
const COUNT = 90;
const SIGHT = 15;
const ROOM = 6;
const FASTEST = 1.5;
const SLOWEST = 0.7;
const FEAR = 26;

/** Starlings. Each goes where its neighbours go, stays near them, does not bump into them, and fears the hawk. */
export class Flock {
  #birds = Array.from({ length: COUNT }, () => {
    const angle = Math.random() * 2 * Math.PI;
    const [x, y] = [Math.random() * WIDTH, Math.random() * HEIGHT];
    return { x, y, dx: Math.cos(angle), dy: Math.sin(angle) };
  });
  /** @type {{ x: number, y: number } | undefined} */
  #hawk;

  /**
   * Where the hawk is, as in `{"x":90,"y":50}`; anything else is no hawk.
   *
   * @param {string | Buffer} message
   */
  fear(message) {
    const [, x, y] = /^{"x":(-?[\d.]+),"y":(-?[\d.]+)}$/.exec(String(message)) ?? [];
    this.#hawk = x === undefined ? undefined : { x: Number(x), y: Number(y) };
  }

  advance() {
    const turns = this.#birds.map((bird) => this.#turnOf(bird));
    this.#birds.forEach((bird, index) => move(bird, turns[index]));
  }

  /** For each bird three numbers of 32 bits: where it is, and in which direction it flies. */
  picture() {
    const numbers = new DataView(new ArrayBuffer(COUNT * 12));
    this.#birds.forEach(({ x, y, dx, dy }, index) => {
      [x, y, Math.atan2(dy, dx)].forEach((number, place) => {
        numbers.setFloat32(index * 12 + place * 4, number);
      });
    });
    return numbers;
  }

  #turnOf(bird) {
    const turn = { x: 0, y: 0 };
    const near = this.#birds.filter((other) => other !== bird && distance(bird, other) < SIGHT);
    for (const other of near) {
      steer(turn, 0.11 / near.length, other.dx - bird.dx, other.dy - bird.dy);
      steer(turn, 0.006 / near.length, other.x - bird.x, other.y - bird.y);
      const apart = distance(bird, other);
      if (apart < ROOM)
        steer(turn, (0.07 * (ROOM - apart)) / ROOM, bird.x - other.x, bird.y - other.y);
    }
    if (this.#hawk) fleeFrom(this.#hawk, bird, turn);
    // Back from the edges.
    steer(turn, 0.12, edge(bird.x, WIDTH), edge(bird.y, HEIGHT));
    return turn;
  }
}

function fleeFrom(hawk, bird, turn) {
  const apart = distance(bird, hawk);
  if (apart < FEAR && apart > 0) {
    const haste = (0.35 * (FEAR - apart)) / FEAR / apart;
    steer(turn, haste, bird.x - hawk.x, bird.y - hawk.y);
  }
}

function steer(turn, weight, x, y) {
  turn.x += weight * x;
  turn.y += weight * y;
}

function move(bird, turn) {
  const [dx, dy] = [bird.dx + turn.x, bird.dy + turn.y];
  const speed = Math.hypot(dx, dy) || 1;
  const wanted = Math.min(Math.max(speed, SLOWEST), FASTEST) / speed;
  bird.dx = dx * wanted;
  bird.dy = dy * wanted;
  bird.x = Math.min(Math.max(bird.x + bird.dx, 0), WIDTH);
  bird.y = Math.min(Math.max(bird.y + bird.dy, 0), HEIGHT);
}

/** Which way is in, near an edge: from -1 to 1. */
function edge(place, size) {
  const margin = 16;
  if (place < margin) return (margin - place) / margin;
  return place > size - margin ? (size - margin - place) / margin : 0;
}

function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
