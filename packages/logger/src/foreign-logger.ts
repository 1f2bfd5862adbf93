import type { Level } from './level.js';

type Method = (...values: never[]) => unknown;

/** Any logger with the methods of pino or of `console`; only `info` must be there. */
export interface ForeignLogger {
  /** Gets the lines of its level, and those that no other method is there for. */
  readonly info: Method;
  /** Called on pino and its like alone, for `console.trace` prints a stack; else these lines go to `debug`. */
  readonly trace?: Method;
  /** Without it these lines go to `info`. */
  readonly debug?: Method;
  /** What connections do; without it these lines go to `info`. */
  readonly wslog?: Method;
  /** Without it these lines go to `info`. */
  readonly warn?: Method;
  /** Without it these lines go to `warn`. */
  readonly error?: Method;
  /** Without it these lines go to `error`. */
  readonly fatal?: Method;
  /** Asked before a line is made, where it is there. */
  isLevelEnabled?(level: string): boolean;
}

type Name = Exclude<keyof ForeignLogger, 'isLevelEnabled'>;

/** What stands in for a method that is not there. */
const INSTEAD: Record<Level, readonly Name[]> = {
  trace: ['trace', 'debug', 'info'],
  debug: ['debug', 'info'],
  info: ['info'],
  wslog: ['wslog', 'info'],
  warn: ['warn', 'info'],
  error: ['error', 'warn', 'info'],
  fatal: ['fatal', 'error', 'warn', 'info'],
};

/** Of which kind a logger is: `'fields'` takes an object and a text, `'text'` adds time and level itself, `'bare'` does not. */
export type LoggerKind = 'fields' | 'text' | 'bare';

/** pino, bunyan and their like have children and are fatal; winston has children; `console` has neither. */
export function kindOf(logger: ForeignLogger): LoggerKind {
  if (!('child' in logger)) return 'bare';
  return 'fatal' in logger ? 'fields' : 'text';
}

/** @throws {TypeError} when it has no method `info`. */
export function checkLogger(value: unknown): ForeignLogger {
  if (typeof (value as ForeignLogger | null | undefined)?.info === 'function') {
    return value as ForeignLogger;
  }
  throw new TypeError('logger: expected one with the methods of pino or of console');
}

/** The method for a level. `console.trace` prints a stack, so nothing but pino's kind gets lines by `trace`. */
export function methodFor(logger: ForeignLogger, level: Level): Name {
  const [first, ...others] = INSTEAD[level];
  const names = level === 'trace' && kindOf(logger) !== 'fields' ? others : [first!, ...others];
  return names.find((name) => typeof logger[name] === 'function') ?? 'info';
}

/** Calls a method of somebody's logger. */
export function callLogger(logger: ForeignLogger, name: Name, values: readonly unknown[]): void {
  (logger[name] as (...values: readonly unknown[]) => unknown)(...values);
}
