/** How many hang on the rope. */
export const COUNT = 7;

const STEP = 1 / 240;
const GRAVITY = 12; // Over the length of a cord: one swing takes 1.8 s.
const ROPE = 2.5; // How much a lantern pulls at those beside it.
const FRICTION = 0.18;
const HAND = { stiffness: 300, friction: 30 };
const WIDEST = 1.4;

/** Pendulums on one rope: what moves one of them moves its neighbours. Angles are in radians, positive to the right. */
export class Lanterns {
  /** Where they are. */
  angles = new Float64Array(COUNT);
  #speeds = new Float64Array(COUNT);
  /** @type {Map<number, number>} lanterns in somebody's hand, and the angles at which the hands are */
  #hands = new Map();
  #lag = 0;

  /**
   * @param {number} lantern
   * @param {number} speed in radians a second
   */
  push(lantern, speed) {
    this.#speeds[lantern] += within(speed, 4);
  }

  /**
   * @param {number} lantern
   * @param {number} angle where the hand is
   */
  hold(lantern, angle) {
    this.#hands.set(lantern, within(angle, WIDEST));
  }

  /** @param {number} lantern */
  letGo(lantern) {
    this.#hands.delete(lantern);
  }

  /** @param {number} seconds that have passed; what is left of a step is kept for the next time */
  advance(seconds) {
    this.#lag += Math.min(seconds, 0.25);
    for (; this.#lag >= STEP; this.#lag -= STEP) this.#step();
  }

  #step() {
    const pulls = this.angles.map((_, lantern) => this.#pullOn(lantern));
    for (let lantern = 0; lantern < COUNT; lantern += 1) {
      this.#speeds[lantern] += pulls[lantern] * STEP;
      this.angles[lantern] += this.#speeds[lantern] * STEP;
    }
  }

  /** @param {number} lantern */
  #pullOn(lantern) {
    const angle = this.angles[lantern];
    const speed = this.#speeds[lantern];
    const hand = this.#hands.get(lantern);
    // A hand is a strong spring, so that a lantern can be thrown.
    if (hand !== undefined) return HAND.stiffness * (hand - angle) - HAND.friction * speed;
    const left = this.angles[lantern - 1] ?? angle;
    const right = this.angles[lantern + 1] ?? angle;
    return ROPE * (left + right - 2 * angle) - GRAVITY * Math.sin(angle) - FRICTION * speed;
  }
}

/**
 * @param {number} value
 * @param {number} bound
 */
function within(value, bound) {
  return Math.max(-bound, Math.min(bound, value));
}
