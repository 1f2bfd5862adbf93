const WIDTH = 24;

/**
 * A progress bar on a terminal; nothing where stderr is a file or a pipe.
 * It is drawn between measurements only, so that it takes no time from them.
 */
export class Progress {
  #total;
  #done = 0;
  #start = performance.now();
  #stream;

  /**
   * @param {number} total steps
   * @param {NodeJS.WriteStream} [stream]
   */
  constructor(total, stream = process.stderr) {
    this.#total = total;
    this.#stream = stream;
  }

  /**
   * A step begins.
   *
   * @param {string} label
   */
  step(label) {
    const share = this.#done / this.#total;
    const bar = '#'.repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, '.');
    this.#draw(`[${bar}] ${this.#done}/${this.#total} ${this.#remaining(share)} ${label}`);
    this.#done++;
  }

  /** Removes the bar, so that other text can be printed. */
  clear() {
    this.#draw('');
  }

  /** @param {number} share */
  #remaining(share) {
    if (share === 0) return '';
    const seconds = ((performance.now() - this.#start) / 1000) * (1 / share - 1);
    return seconds < 90 ? `${seconds.toFixed(0)} s left` : `${(seconds / 60).toFixed(0)} min left`;
  }

  /** @param {string} text */
  #draw(text) {
    if (this.#stream.isTTY) this.#stream.write(`\r\x1b[2K${text}`);
  }
}
