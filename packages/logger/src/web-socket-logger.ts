import { composeMessage, described } from './compose-message.js';
import { Journal, type Entry } from './journal.js';
import type { Level, Threshold } from './level.js';
import type { LoggerOptions } from './logger-options.js';
import { checkNumber } from './message-limits.js';
import type { Fields } from './writer.js';

/** What is the same for all lines of one logger. */
interface Origin {
  readonly journal: Journal;
  readonly scope: string;
  readonly id: string | undefined;
  readonly limit: number | undefined;
  readonly fields: Fields;
}

/** For `logTraffic`, which makes its lines itself. */
export let originOf: (logger: WebSocketLogger) => Origin;

/**
 * A logger on pino that knows connections and requests, and has a level of its own for what they do.
 *
 * Its methods take words, as in `log.wslog('joined', ws)`, the values among which are printed by what matters of them, with
 * secrets left out. They also take what pino takes: an object of fields or an error first, as in `log.warn({ user }, 'late')`.
 */
export class WebSocketLogger {
  readonly #origin: Origin;

  /**
   * @throws {TypeError | RangeError} when an option is not what it should be.
   * @throws the system's error when a file cannot be opened.
   */
  constructor(options: LoggerOptions = {}) {
    this.#origin =
      options instanceof Derived
        ? options.origin
        : {
            journal: new Journal(options),
            scope: '',
            id: undefined,
            limit: undefined,
            fields: {},
          };
  }

  static {
    originOf = (logger) => logger.#origin;
  }

  /** Every step, for whoever looks for a fault. */
  trace(...values: unknown[]): void {
    this.#log('trace', values);
  }

  /** What helps to understand a program at work. */
  debug(...values: unknown[]): void {
    this.#log('debug', values);
  }

  /** What is good to know. */
  info(...values: unknown[]): void {
    this.#log('info', values);
  }

  /** What connections do: more than information, and nothing to worry about. */
  wslog(...values: unknown[]): void {
    this.#log('wslog', values);
  }

  /** What may become a fault. */
  warn(...values: unknown[]): void {
    this.#log('warn', values);
  }

  /** What went wrong. */
  error(...values: unknown[]): void {
    this.#log('error', values);
  }

  /** What the program cannot go on after; it is only logged. */
  fatal(...values: unknown[]): void {
    this.#log('fatal', values);
  }

  #log(level: Level, values: readonly unknown[]): void {
    const { journal, scope, id, limit, fields } = this.#origin;
    if (!journal.isLevelEnabled(level)) return;
    const entry: Entry = {
      level,
      scope,
      id: id ?? firstText(values),
      limit,
      render: () => {
        const message = composeMessage(values, journal.describer);
        return {
          text: message.text,
          fields: { ...this.#bindings(), ...fields, ...message.fields },
        };
      },
    };
    journal.enter(entry);
  }

  #bindings(): Fields {
    const { scope, id } = this.#origin;
    return { ...(scope !== '' && { scope }), ...(id !== undefined && { id }) };
  }

  /**
   * The least urgent level that is shown; it may be changed at any time, for all loggers that came of one.
   * @throws {RangeError} when it is set to something else than a level.
   */
  get level(): Threshold {
    return this.#origin.journal.level;
  }

  set level(value: Threshold) {
    this.#origin.journal.level = value;
  }

  /** Whether a message of this level would be shown, for all that is known without its id. */
  isLevelEnabled(level: Level): boolean {
    return this.#origin.journal.isLevelEnabled(level);
  }

  /** A logger for a part of the program; lines for people begin with its name. */
  scope(scope: string): WebSocketLogger {
    return this.#derive({ scope });
  }

  /**
   * A logger whose messages count as one, by this id, of which `limit` are shown. Messages without an id have their first text as one.
   * @throws {RangeError} when the limit is not a number of at least 0.
   */
  limited(id: string, limit: number): WebSocketLogger {
    return this.#derive({ id, limit: checkNumber('limit', limit) });
  }

  /** A logger whose lines have these fields, too. */
  child(fields: Fields): WebSocketLogger {
    const { journal, fields: own } = this.#origin;
    return this.#derive({ fields: { ...own, ...described(fields, journal.describer) } });
  }

  #derive(changes: Partial<Origin>): WebSocketLogger {
    return new WebSocketLogger(new Derived({ ...this.#origin, ...changes }) as LoggerOptions);
  }

  /** Opens files anew, for whoever has moved them away: `process.on('SIGHUP', () => log.reopen())`. */
  reopen(): void {
    this.#origin.journal.reopen();
  }

  /** Closes the files that it opened; further lines to them are dropped. */
  close(): void {
    this.#origin.journal.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** What a logger is made of that came of another. */
class Derived {
  readonly origin: Origin;
  constructor(origin: Origin) {
    this.origin = origin;
  }
}

function firstText(values: readonly unknown[]): string {
  return values.find((value): value is string => typeof value === 'string') ?? '';
}
