import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import { warnOnce } from './warn-once.js';

/**
 * A file that lines are appended to. A line is with the operating system when the call returns; one that cannot be written,
 * as when the disk is full, is dropped, and the first of them told.
 */
export class LogFile {
  readonly #path: string;
  #file: number | undefined;

  /**
   * Folders that are not there are made.
   * @throws the system's error when it cannot be opened.
   */
  constructor(path: string) {
    this.#path = path;
    this.#file = open(path);
  }

  write(line: string): void {
    if (this.#file === undefined) return;
    const bytes = Buffer.from(line);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    } catch (error) {
      warnOnce(this, `a line could not be written to ${this.#path}`, error);
    }
  }

  /** Goes on in a new file where somebody has moved the old one away. Should that fail, the old one stays. */
  reopen(): void {
    if (this.#file === undefined) return;
    try {
      const file = open(this.#path);
      closeSync(this.#file);
      this.#file = file;
    } catch (error) {
      warnOnce(this, `${this.#path} could not be opened again`, error);
    }
  }

  /** Further lines are dropped. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function open(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a');
}
