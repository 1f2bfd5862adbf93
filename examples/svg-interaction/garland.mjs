import { broadcast } from '@postern/core';
import { COUNT, Lanterns } from './lanterns.mjs';
import { wishOf } from './wish.mjs';

/** @typedef {import('@postern/core').WebSocket} WebSocket */

const FRAMES_PER_SECOND = 60;
const NOBODY = -1;
const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];

/** The lanterns and everybody who looks at them. All see the same, because it happens here. */
export class Garland {
  #lanterns = new Lanterns();
  /** @type {Map<WebSocket, { hue: number, holds?: number }>} */
  #visitors = new Map();
  #greeted = 0;
  #clock = performance.now();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * From the door to the goodbye.
   *
   * @param {WebSocket} ws
   */
  async enter(ws) {
    const visitor = { hue: (this.#greeted * 137.5 + 30) % 360, holds: undefined };
    this.#greeted += 1;
    await ws.accept();
    this.#visitors.set(ws, visitor);
    try {
      this.#begin();
      this.#tellHowMany();
      for await (const data of ws) {
        const wish = wishOf(data);
        if (!wish) return ws.close({ code: 1008, reason: 'expected a lantern' });
        this.#grant(wish, ws, visitor);
      }
    } finally {
      this.#visitors.delete(ws);
      this.#letGo(visitor);
      this.#tellHowMany();
      if (this.#visitors.size === 0) clearInterval(this.#timer);
    }
  }

  #grant({ lantern, push, hold, letGo }, ws, visitor) {
    if (letGo) return this.#letGo(visitor);
    const name = `The ${ordinals[lantern]} lantern`;
    const holder = this.#holderOf(lantern);
    if (holder && holder !== visitor) return ws.send(sign(`${name} is in a hand.`));
    if (push !== undefined) {
      this.#lanterns.push(lantern, push);
      return this.#tell(`${name} was pushed.`);
    }
    if (visitor.holds !== lantern) {
      this.#letGo(visitor);
      visitor.holds = lantern;
      this.#tell(`${name} is held.`);
    }
    this.#lanterns.hold(lantern, hold);
  }

  #letGo(visitor) {
    if (visitor.holds === undefined) return;
    this.#lanterns.letGo(visitor.holds);
    visitor.holds = undefined;
    this.#tellHowMany();
  }

  #holderOf(lantern) {
    return [...this.#visitors.values()].find(({ holds }) => holds === lantern);
  }

  /** Nothing moves while nobody looks. */
  #begin() {
    if (this.#visitors.size > 1) return;
    this.#clock = performance.now();
    this.#timer = setInterval(() => this.#tick(), 1000 / FRAMES_PER_SECOND);
  }

  #tick() {
    const now = performance.now();
    if (Math.random() < 0.008) this.#breeze();
    this.#lanterns.advance((now - this.#clock) / 1000);
    this.#clock = now;
    // Whoever has not taken the last picture misses this one, rather than see the past.
    const ready = [...this.#visitors.keys()].filter((ws) => ws.bufferedAmount === 0);
    broadcast(ready, this.#picture());
  }

  #breeze() {
    this.#lanterns.push(Math.floor(Math.random() * COUNT), Math.random() * 0.8 - 0.4);
  }

  /** For each lantern two numbers of 32 bits: its angle, and the hue of the hand in which it is. */
  #picture() {
    const numbers = new DataView(new ArrayBuffer(COUNT * 8));
    this.#lanterns.angles.forEach((angle, lantern) => {
      numbers.setFloat32(lantern * 8, angle);
      numbers.setFloat32(lantern * 8 + 4, this.#holderOf(lantern)?.hue ?? NOBODY);
    });
    return numbers;
  }

  #tellHowMany() {
    const { size } = this.#visitors;
    this.#tell(size === 1 ? 'You are the only one here.' : `You are ${size} people here.`);
  }

  #tell(words) {
    broadcast(this.#visitors.keys(), sign(words));
  }
}

/** What the sign below the lanterns is to say. */
function sign(words) {
  return JSON.stringify({ sign: words });
}
