import type { Clock } from './clock.js';

/** Something that is looked at on every beat. */
export interface PulseMember {
  /** Where it stands among the members; the pulse keeps it up to date. */
  pulseIndex: number;
  onBeat(): void;
}

/** The lengths of a beat, in milliseconds; a connection takes the longest that is fine enough for it. */
const BEATS = [1000, 100, 10] as const;

/** A deadline is met within a quarter of its length. */
const FINENESS = 4;

/**
 * One timer for the heartbeat and the deadlines of all connections of a clock: time is counted in beats, so a
 * data event only stores an integer. An event loop that was blocked for long counts one beat, not many, and so
 * takes nobody for dead whose bytes it has not read yet.
 */
export class Pulse {
  /** In milliseconds. */
  readonly length: number;
  /** Counts up. */
  beat = 0;
  readonly #clock: Clock;
  readonly #members: PulseMember[] = [];
  #timer: unknown;

  constructor(clock: Clock, length: number) {
    this.#clock = clock;
    this.length = length;
  }

  add(member: PulseMember): void {
    member.pulseIndex = this.#members.length;
    this.#members.push(member);
    this.#timer ??= this.#clock.setInterval(() => this.#onTimer(), this.length);
  }

  remove(member: PulseMember): void {
    const index = member.pulseIndex;
    if (index < 0) return;
    member.pulseIndex = -1;
    const last = this.#members.pop()!;
    if (last !== member) {
      this.#members[index] = last;
      last.pulseIndex = index;
    }
    if (this.#members.length > 0) return;
    this.#clock.clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** How many beats `duration` milliseconds are; never less than one. */
  beatsOf(duration: number): number {
    return Math.max(1, Math.ceil(duration / this.length));
  }

  #onTimer(): void {
    this.beat += 1;
    // Backwards: a member that leaves is replaced by the last one, which has had its turn.
    for (let index = this.#members.length - 1; index >= 0; index -= 1) {
      this.#members[index]?.onBeat();
    }
  }
}

const pulses = new WeakMap<Clock, Map<number, Pulse>>();

/** The pulse of `clock` that is fine enough for `shortest` milliseconds. */
export function pulseFor(clock: Clock, shortest: number): Pulse {
  const length = BEATS.find((beat) => beat * FINENESS <= shortest) ?? BEATS[BEATS.length - 1]!;
  let ofClock = pulses.get(clock);
  if (ofClock === undefined) pulses.set(clock, (ofClock = new Map<number, Pulse>()));
  let pulse = ofClock.get(length);
  if (pulse === undefined) ofClock.set(length, (pulse = new Pulse(clock, length)));
  return pulse;
}
