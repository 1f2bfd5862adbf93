import { pino, type Logger } from 'pino';

import { levels, type Level } from './level.js';
import type { Output } from './output.js';
import type { Fields, Writer } from './writer.js';

/** By this pino tells a stream the level of the line that comes. */
const kMetadata = Symbol.for('pino.metadata');

/** Lines by a pino of our own. */
export class OutputWriter implements Writer {
  readonly #outputs: readonly Output[];
  readonly #pino: Logger<'wslog'>;
  readonly #rank: number;

  constructor(outputs: readonly Output[]) {
    this.#outputs = outputs;
    this.#rank = Math.min(...outputs.map(({ rank }) => rank));
    const options = {
      // What is shown has been decided when a line comes here.
      level: 'trace',
      customLevels: { wslog: levels.wslog },
      timestamp: pino.stdTimeFunctions.isoTime,
    };
    this.#pino = pino(options, new Fan(outputs));
  }

  isLevelEnabled(level: Level): boolean {
    return levels[level] >= this.#rank;
  }

  write(level: Level, fields: Fields, text: string): void {
    this.#pino[level](fields, text);
  }

  /** Those of the outputs stay. */
  onLevelChange(): () => void {
    return () => undefined;
  }

  reopen(): void {
    for (const output of this.#outputs) output.reopen();
  }

  close(): void {
    for (const output of this.#outputs) output.close();
  }
}

/** Each line to every output that wants its level. */
class Fan {
  readonly [kMetadata] = true;
  /** Set by pino. */
  lastLevel = 0;
  readonly #outputs: readonly Output[];

  constructor(outputs: readonly Output[]) {
    this.#outputs = outputs;
  }

  write(line: string): void {
    const level = this.lastLevel;
    for (const output of this.#outputs) if (level >= output.rank) output.write(line, level);
  }
}
