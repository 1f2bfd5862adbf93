import type { ForeignLogger } from './foreign-logger.js';
import { checkThreshold, type Level } from './level.js';
import type { LoggerOptions } from './logger-options.js';
import { checkNumber } from './message-limits.js';
import { WebSocketLogger } from './web-socket-logger.js';

/** What is logged of connections; each is the `id` of its lines, whose scope is `'traffic'`. */
export type TrafficId =
  | 'accepted'
  | 'refused'
  | 'failed'
  | 'headers'
  | 'open'
  | 'message'
  | 'ping'
  | 'pong'
  | 'guarded'
  | 'error'
  | 'close'
  | 'summary';

/** What `logTraffic` shows, and where. */
export interface TrafficOptions extends Omit<LoggerOptions, 'logger'> {
  /**
   * A `WebSocketLogger`, which has its own options; or a pino, a `console`, or anything of that shape.
   * @default a WebSocketLogger with these options
   */
  readonly logger?: WebSocketLogger | ForeignLogger;
  /** Levels in place of the usual ones, as in `{ message: 'trace', refused: 'warn' }`. */
  readonly levels?: Partial<Readonly<Record<TrafficId, Level>>>;
  /**
   * Most characters of a message that are shown, or hexadecimal digits of a binary one; 0 for none.
   * @default 64
   */
  readonly payload?: number;
  /**
   * How many pings, and how many pongs, from each peer are shown as `wslog`; the others, and those sent, as `debug`.
   * @default 1
   */
  readonly pings?: number;
  /**
   * Whether the end of a connection tells how much was received and sent.
   * @default true
   */
  readonly counts?: boolean;
  /**
   * After how many milliseconds a line sums up what happened meanwhile, if anything did; 0 or `Infinity` for never.
   * @default 600_000
   */
  readonly summary?: number;
}

/** Options past the door: checked, and nothing optional. */
export interface TrafficSettings {
  readonly logger: WebSocketLogger;
  /** Whether the logger was made here, and its files are to be closed here. */
  readonly ownsLogger: boolean;
  readonly levels: Partial<Readonly<Record<TrafficId, Level>>>;
  readonly payload: number;
  readonly pings: number;
  readonly counts: boolean;
  /** 0 for none. */
  readonly summary: number;
}

/** The longest a timer can wait. */
const LONGEST_WAIT = 2 ** 31 - 1;

const TEN_MINUTES = 600_000;

/** What a logger that is given has decided already. */
const LOGGERS_OWN = [
  'level',
  'outputs',
  'destination',
  'format',
  'colour',
  'timeFormat',
  'shouldLog',
  'limit',
  'limitInterval',
  'redact',
  'describe',
] as const;

/**
 * @throws {TypeError | RangeError} when an option is not what it should be.
 * @throws the system's error when a file cannot be opened.
 */
export function resolveTrafficOptions(options: TrafficOptions): TrafficSettings {
  const { levels = {}, payload = 64, pings = 1, counts = true, summary = TEN_MINUTES } = options;
  for (const [id, level] of Object.entries(levels)) checkThreshold(`levels.${id}`, level);
  checkNumber('payload', payload);
  checkNumber('pings', pings);
  checkNumber('summary', summary);
  if (typeof counts !== 'boolean') {
    throw new TypeError(`counts is ${typeof counts}, expected a boolean`);
  }
  return {
    ...loggerOf(options),
    levels,
    payload,
    pings,
    counts,
    summary: summary > LONGEST_WAIT ? 0 : summary,
  };
}

function loggerOf(options: TrafficOptions): Pick<TrafficSettings, 'logger' | 'ownsLogger'> {
  const { logger, ...others } = options;
  if (!(logger instanceof WebSocketLogger)) {
    const own = logger === undefined ? others : { ...others, logger };
    return { logger: new WebSocketLogger(own), ownsLogger: true };
  }
  const surplus = LOGGERS_OWN.find((name) => options[name] !== undefined);
  if (surplus === undefined) return { logger, ownsLogger: false };
  throw new TypeError(`${surplus}: give this option to the WebSocketLogger, expected none here`);
}
