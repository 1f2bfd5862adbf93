import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** How a program ended. */
export interface Outcome {
  /** Its exit code, or the signal that killed it. */
  readonly end: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const announcePort = fileURLToPath(new URL('announce-port.mjs', import.meta.url));

/** A program of a page, in a process of its own. */
export class Program {
  readonly outcome: Promise<Outcome>;
  readonly #child: ChildProcess;

  constructor(file: string) {
    const child = fork(file, { execArgv: ['--import', announcePort], silent: true });
    this.#child = child;
    this.outcome = Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'exit'),
    ]).then(([stdout, stderr]) => ({ end: child.exitCode ?? child.signalCode, stdout, stderr }));
  }

  /**
   * Resolves with its port, once it listens.
   * @throws {Error} when it ends before.
   */
  async listens(): Promise<number> {
    const listening = new Promise<number>((resolve) => {
      this.#child.once('message', (message) => resolve((message as { port: number }).port));
    });
    const ended = this.outcome.then(({ end, stderr }) => {
      throw new Error(`it ended with ${end} before it listened: ${stderr}`);
    });
    return Promise.race([listening, ended]);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}
