import { consoleOutput } from './console-output.js';
import { Describer } from './describer.js';
import { checkLogger, kindOf } from './foreign-logger.js';
import { ForeignWriter } from './foreign-writer.js';
import { checkThreshold, levels, rankOf, type Level, type Threshold } from './level.js';
import type { LoggerOptions, ShouldLog } from './logger-options.js';
import { MessageLimits } from './message-limits.js';
import { openOutput, type Output } from './output.js';
import { OutputWriter } from './output-writer.js';
import { prettyLines } from './pretty-line.js';
import { Redaction } from './redaction.js';
import { warnOnce } from './warn-once.js';
import type { Fields, Writer } from './writer.js';

/** A message that is to be written, if it may. */
export interface Entry {
  readonly level: Level;
  readonly scope: string;
  readonly id: string;
  /** How often this id is shown; undefined for what the options say. */
  readonly limit: number | undefined;
  /** Called when it is certain that the message is shown. */
  render(): { readonly text: string; readonly fields: Fields };
}

/** What all loggers that came of one have in common: it decides what is shown, and has it written. */
export class Journal {
  readonly describer: Describer;
  readonly #writer: Writer;
  readonly #shouldLog: ShouldLog | undefined;
  readonly #limits: MessageLimits;
  readonly #listeners = new Set<() => void>();
  #threshold: Threshold;
  #rank: number;

  /**
   * @throws {TypeError | RangeError} when an option is not what it should be.
   * @throws the system's error when a file cannot be opened.
   */
  constructor(options: LoggerOptions) {
    const { shouldLog, describe } = options;
    checkFunction('shouldLog', shouldLog);
    checkFunction('describe', describe);
    this.#shouldLog = shouldLog;
    this.#limits = new MessageLimits(options.limit, options.limitInterval);
    this.describer = new Describer(new Redaction(options.redact), describe);
    this.#threshold = checkThreshold('level', options.level ?? defaultLevel(options));
    this.#rank = rankOf(this.#threshold);
    this.#writer = writerFor(options);
  }

  get level(): Threshold {
    return this.#threshold;
  }

  set level(value: Threshold) {
    this.#threshold = checkThreshold('level', value);
    this.#rank = rankOf(value);
    for (const listener of this.#listeners) listener();
  }

  isLevelEnabled(level: Level): boolean {
    return levels[level] >= this.#rank && this.#writer.isLevelEnabled(level);
  }

  /** Calls `listener` when another level may be enabled than before; returns what ends that. */
  onLevelChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    const stop = this.#writer.onLevelChange(listener);
    return () => {
      this.#listeners.delete(listener);
      stop();
    };
  }

  /** Writes a message, unless its level, `shouldLog` or a limit is against it. Never throws. */
  enter(entry: Entry): void {
    if (!this.isLevelEnabled(entry.level)) return;
    try {
      this.#write(entry);
    } catch (error) {
      warnOnce(this, 'a line could not be logged', error);
    }
  }

  #write(entry: Entry): void {
    const { level, scope, id, limit } = entry;
    if (this.#shouldLog?.(level, scope, id) === false) return;
    const verdict = this.#limits.count(scope, id, limit);
    if (!verdict.isShown) return;
    const { redaction } = this.describer;
    const { text, fields } = entry.render();
    this.#writer.write(level, redaction.within(fields), `${redaction.value(text)}${verdict.note}`);
  }

  reopen(): void {
    this.#writer.reopen();
  }

  close(): void {
    this.#writer.close();
  }
}

/** What a pino shows is its owner's choice. */
function defaultLevel({ logger }: LoggerOptions): Threshold {
  return logger !== undefined && checkLogger(logger).isLevelEnabled !== undefined
    ? 'trace'
    : 'info';
}

function writerFor(options: LoggerOptions): Writer {
  const { logger } = options;
  if (logger === undefined) return new OutputWriter(openOutputs(options));
  checkLogger(logger);
  if (kindOf(logger) !== 'bare') return new ForeignWriter(logger);
  const { colour = false, timeFormat } = options;
  return new OutputWriter([consoleOutput(logger, prettyLines({ colour, timeFormat }))]);
}

/** The level of the logger can be changed, that of an output cannot: they are two. */
function openOutputs(options: LoggerOptions): Output[] {
  const { outputs = [{ ...options, level: 'trace' }] } = options;
  return outputs.map((each) => openOutput(each));
}

function checkFunction(option: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new TypeError(`${option} is ${typeof value}, expected a function`);
}
