import type { Describe } from './describer.js';
import type { ForeignLogger } from './foreign-logger.js';
import type { Level, Threshold } from './level.js';
import type { LimitOption } from './message-limits.js';
import type { LeveledOutputOptions, OutputOptions } from './output.js';
import type { RedactOption } from './redaction.js';

/** Whether to show a message; `scope` and `id` are empty where none was given. */
export type ShouldLog = (level: Level, scope: string, id: string) => boolean;

/** Where a logger writes, and what. */
export interface LoggerOptions extends OutputOptions {
  /**
   * The least urgent level that is shown. The level of a pino that is given as `logger` counts as well.
   * @default 'info'; with a pino as `logger`, whatever that shows
   */
  readonly level?: Threshold;
  /** Several outputs in place of one; each may have a level of its own, which narrows `level`. */
  readonly outputs?: readonly LeveledOutputOptions[];
  /** Somebody's logger in place of outputs: a pino, a `console`, or anything of that shape. */
  readonly logger?: ForeignLogger;
  /** Asked about every message of a level that is shown, before it is counted or formatted. */
  readonly shouldLog?: ShouldLog;
  /**
   * How often messages with the same id are shown: a number for every id, or an object by id.
   * @default Infinity
   */
  readonly limit?: LimitOption;
  /**
   * Milliseconds after which counting begins anew.
   * @default Infinity
   */
  readonly limitInterval?: number;
  /**
   * Whether secrets are left out: `Authorization`, cookies, tokens in queries and among subprotocols, fields that are named
   * like one. A list names further ones.
   * @default true
   */
  readonly redact?: RedactOption;
  /** Prints values of one's own types in one's own way. What it returns is not redacted. */
  readonly describe?: Describe;
}
