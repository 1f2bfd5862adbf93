import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of an example as somebody starts it, in a process of its own; what it prints is kept. */
export class Program {
  readonly printed: string[] = [];
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  readonly #ended: Promise<void>;

  /** `file` is run by Node, with `environment` added to this process's own. */
  constructor(file: URL, environment: NodeJS.ProcessEnv = {}, args: readonly string[] = []) {
    const child = spawn(execPath, [fileURLToPath(file), ...args], {
      env: { ...process.env, PORT: '0', NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#ended = once(child, 'close').then(() => this.#wake());
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        this.printed.push(line);
        this.#wake();
      });
    }
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Waits for a line that matches, which may have been printed already; what its first group holds, or all of it. */
  async prints(pattern: RegExp, from = 0): Promise<string> {
    for (;;) {
      const matches = this.printed.slice(from).map((line) => pattern.exec(line));
      const match = matches.find((each) => each !== null);
      if (match) return match[1] ?? match[0];
      if (!this.isRunning) throw new Error(`it ended, and printed: ${this.printed.join(' | ')}`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** The address that it prints, with a slash at its end. */
  async url(): Promise<string> {
    return `${await this.prints(/(http:\/\/localhost:\d+)$/)}/`;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** How the process ended: its exit code, or the signal that killed it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#ended;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  /** For the end of a test, however it went. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}
