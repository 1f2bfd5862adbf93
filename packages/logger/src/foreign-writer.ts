import { callLogger, kindOf, methodFor, type ForeignLogger } from './foreign-logger.js';
import type { Level } from './level.js';
import type { Fields, Writer } from './writer.js';

/** What pino has, and others may not. */
interface MaybePino extends ForeignLogger {
  on?(event: 'level-change', listener: () => void): unknown;
  removeListener?(event: 'level-change', listener: () => void): unknown;
}

/** Lines by somebody's pino, or another logger with times and levels of its own. */
export class ForeignWriter implements Writer {
  readonly #logger: MaybePino;
  readonly #takesFields: boolean;

  constructor(logger: ForeignLogger) {
    this.#logger = logger;
    this.#takesFields = kindOf(logger) === 'fields';
  }

  isLevelEnabled(level: Level): boolean {
    return this.#logger.isLevelEnabled?.(methodFor(this.#logger, level)) ?? true;
  }

  write(level: Level, fields: Fields, text: string): void {
    const values = this.#takesFields ? [fields, text] : [text];
    callLogger(this.#logger, methodFor(this.#logger, level), values);
  }

  onLevelChange(listener: () => void): () => void {
    const logger = this.#logger;
    logger.on?.('level-change', listener);
    return () => void logger.removeListener?.('level-change', listener);
  }

  // What it writes to is its owner's.

  reopen(): void {}

  close(): void {}
}
