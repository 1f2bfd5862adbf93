import {
  resolveCompression,
  type CompressionOptions,
  type CompressionSettings,
} from '../deflate/compression-options.js';
import { systemClock, type Clock } from './clock.js';
import { pulseFor, type Pulse } from './pulse.js';

/** Limits and timers of one connection. Sizes are in bytes, durations in milliseconds. */
export interface ConnectionOptions {
  /**
   * Largest message accepted, after decompression; a larger one fails the connection with 1009.
   * @default 1_048_576
   */
  readonly maxMessageSize?: number;
  /**
   * Most fragments of one message; more fail the connection with 1008. They cost no memory of their own.
   * @default 131_072
   */
  readonly maxFragments?: number;
  /**
   * Longest time from the first byte of a message to its last, while we read; then the connection fails with 1008.
   * 0 for none.
   * @default 60_000
   */
  readonly messageTimeout?: number;
  /**
   * Reading stops while more bytes of messages than this are unread. One message may exceed it.
   * @default 65_536
   */
  readonly maxUnreadBytes?: number;
  /**
   * Reading stops while this many messages are unread.
   * @default 1024
   */
  readonly maxUnreadMessages?: number;
  /**
   * Above this many bytes of unsent output `write` waits, `send` is false, and a server stops reading.
   * @default 65_536
   */
  readonly highWaterMark?: number;
  /**
   * A message written while more bytes than this are unsent is not taken: see `overflow`.
   * @default 4_194_304
   */
  readonly maxSendBuffer?: number;
  /**
   * What a message over `maxSendBuffer` ends: the connection (`'close'`) or only itself (`'drop'`).
   * @default 'close'
   */
  readonly overflow?: 'close' | 'drop';
  /**
   * A ping goes out after this long without a byte from the peer. 0 for no heartbeat.
   * @default 20_000
   */
  readonly heartbeatInterval?: number;
  /**
   * The connection ends when no byte comes within this time of that ping, or blocked output makes no progress.
   * 0 for never.
   * @default 20_000
   */
  readonly heartbeatTimeout?: number;
  /**
   * The connection ends after this long without a message either way. 0 for no such limit.
   * @default 0
   */
  readonly idleTimeout?: number;
  /**
   * The longest a closing handshake and the end of the socket may take; then the socket is destroyed. 0 is at once.
   * @default 10_000
   */
  readonly closeTimeout?: number;
  /**
   * Whether to offer, or agree to, permessage-deflate (RFC 7692); an object says how. See `docs/security.md` before
   * compressing secrets together with what an attacker can choose.
   * @default false
   */
  readonly compression?: boolean | CompressionOptions;
  /**
   * Where timers come from; see `fakeClock` in `@postern/core/testing`.
   * @default the system's
   */
  readonly clock?: Clock;
}

/** What `defaults` shows of this room. */
export const connectionDefaults = Object.freeze({
  maxMessageSize: 1_048_576,
  maxFragments: 131_072,
  messageTimeout: 60_000,
  maxUnreadBytes: 65_536,
  maxUnreadMessages: 1024,
  highWaterMark: 65_536,
  maxSendBuffer: 4_194_304,
  overflow: 'close',
  heartbeatInterval: 20_000,
  heartbeatTimeout: 20_000,
  idleTimeout: 0,
  closeTimeout: 10_000,
  compression: false,
} as const);

/** Options past the door: checked, nothing optional, durations in beats where the pulse counts them. */
export interface ConnectionSettings extends Required<Omit<ConnectionOptions, 'compression'>> {
  /** Undefined for none. */
  readonly compression: CompressionSettings | undefined;
  readonly pulse: Pulse;
  readonly messageBeats: number;
  readonly intervalBeats: number;
  readonly timeoutBeats: number;
  readonly idleBeats: number;
}

/** The longest a timer can wait, in milliseconds. */
export const MAX_DURATION = 2 ** 31 - 1;

/**
 * @throws {RangeError} when a value is not a whole number in its range; it names the option.
 * @throws {TypeError} when a value is of another kind than expected.
 */
export function resolveConnectionOptions(options: ConnectionOptions = {}): ConnectionSettings {
  const clock = options.clock ?? systemClock;
  const checked = {
    maxMessageSize: size(options, 'maxMessageSize', 0),
    maxFragments: size(options, 'maxFragments', 1),
    messageTimeout: duration(options, 'messageTimeout'),
    maxUnreadBytes: size(options, 'maxUnreadBytes', 0),
    maxUnreadMessages: size(options, 'maxUnreadMessages', 1),
    highWaterMark: size(options, 'highWaterMark', 0),
    maxSendBuffer: size(options, 'maxSendBuffer', 0),
    overflow: overflowOf(options),
    heartbeatInterval: duration(options, 'heartbeatInterval'),
    heartbeatTimeout: duration(options, 'heartbeatTimeout'),
    idleTimeout: duration(options, 'idleTimeout'),
    closeTimeout: duration(options, 'closeTimeout'),
    compression: resolveCompression(options.compression),
  };
  return { ...checked, clock, ...inBeats(checked, clock) };
}

interface Durations {
  readonly messageTimeout: number;
  readonly heartbeatInterval: number;
  readonly heartbeatTimeout: number;
  readonly idleTimeout: number;
}

function inBeats(durations: Durations, clock: Clock) {
  const { messageTimeout, heartbeatInterval, heartbeatTimeout, idleTimeout } = durations;
  const used = [messageTimeout, heartbeatInterval, heartbeatTimeout, idleTimeout];
  const pulse = pulseFor(clock, Math.min(...used.filter((each) => each > 0)));
  const beats = (each: number): number => (each === 0 ? 0 : pulse.beatsOf(each));
  return {
    pulse,
    messageBeats: beats(messageTimeout),
    intervalBeats: beats(heartbeatInterval),
    timeoutBeats: beats(heartbeatTimeout),
    idleBeats: beats(idleTimeout),
  };
}

type NumberOption = {
  [Name in keyof typeof connectionDefaults]: (typeof connectionDefaults)[Name] extends number
    ? Name
    : never;
}[keyof typeof connectionDefaults];

function size(options: ConnectionOptions, name: NumberOption, least: number): number {
  return wholeNumber(name, options[name] ?? connectionDefaults[name], least);
}

function duration(options: ConnectionOptions, name: NumberOption): number {
  return wholeNumber(name, options[name] ?? connectionDefaults[name], 0, MAX_DURATION);
}

/** @throws {RangeError} naming the option when `value` is not a whole number from `least` to `most`. */
export function wholeNumber(
  name: string,
  value: unknown,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number;
  }
  throw new RangeError(
    `${name} is ${String(value)}, expected a whole number from ${least} to ${most}`,
  );
}

function overflowOf(options: ConnectionOptions): 'close' | 'drop' {
  const overflow = options.overflow ?? connectionDefaults.overflow;
  if (overflow === 'close' || overflow === 'drop') return overflow;
  throw new RangeError(`overflow is ${String(overflow)}, expected 'close' or 'drop'`);
}
