import { EventEmitter } from 'node:events';
import { clearLine, createInterface, cursorTo } from 'node:readline';

/**
 * Lines in, lines out; what somebody is typing stays whole when something is shown meanwhile.
 * Emits `line`, `interrupt` for Ctrl+C, and `end` for Ctrl+D or the end of a file.
 */
export class Terminal extends EventEmitter {
  #isInteractive = process.stdin.isTTY && process.stdout.isTTY;
  #readline = createInterface({
    input: process.stdin,
    ...(this.#isInteractive && { output: process.stdout, prompt: '→ ' }),
  });

  constructor() {
    super();
    this.#readline.on('line', (line) => {
      this.emit('line', line);
      this.#prompt();
    });
    this.#readline.on('SIGINT', () => this.emit('interrupt'));
    this.#readline.on('close', () => this.emit('end'));
  }

  /** Shows a text that may come from anywhere: no control character in it reaches the terminal. */
  show(text) {
    this.#clear();
    console.log(text.replace(/[^\P{Cc}\n\t]/gu, '�'));
    this.#prompt();
  }

  /** Shows a last text; from then on nobody reads the input, and the process can end. */
  end(text) {
    this.removeAllListeners();
    this.#readline.close();
    this.#clear();
    this.#isInteractive = false;
    this.show(text);
  }

  #clear() {
    if (!this.#isInteractive) return;
    cursorTo(process.stdout, 0);
    clearLine(process.stdout, 0);
  }

  #prompt() {
    if (this.#isInteractive) this.#readline.prompt(true);
  }
}
