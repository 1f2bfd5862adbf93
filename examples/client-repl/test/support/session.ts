import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const client = fileURLToPath(new URL('../../client.mjs', import.meta.url));

/** Somebody who has started the client: types, and reads what it shows. */
export class Session {
  /** All that was shown so far, on both outputs. */
  shown = '';
  readonly #child: ChildProcess;
  #wake = () => {};

  private constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { env: { ...process.env, TERM: 'dumb' } });
    this.#child = child;
    child.on('close', () => this.#wake());
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        this.shown += text;
        this.#wake();
      });
    }
  }

  /** With pipes for input and output, as in a script. */
  static piped(...args: string[]): Session {
    return new Session(execPath, [client, ...args]);
  }

  /** At a terminal, one that the program `script` imitates. */
  static atTerminal(): Session {
    return new Session('script', ['-qefc', `'${execPath}' '${client}'`, '/dev/null']);
  }

  /** Types without pressing Enter. */
  type(text: string): void {
    this.#child.stdin!.write(text);
  }

  /** Nothing more comes: the end of the file. */
  endInput(): void {
    this.#child.stdin!.end();
  }

  /** Waits until the text has been shown. */
  async reads(text: string): Promise<void> {
    while (!this.shown.includes(text)) {
      if (this.#hasEnded) throw new Error(`it ended, and had shown: ${this.shown}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The exit code, or the signal that killed it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    if (!this.#hasEnded) await once(this.#child, 'close');
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  /** For the end of a test, however it went. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
