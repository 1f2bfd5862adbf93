import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** An example as somebody starts it, in a process of its own. */
export class ExampleProcess {
  /** The line with the address, and those before it. */
  readonly printed: readonly string[];
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, printed: readonly string[], url: string) {
    this.#child = child;
    this.printed = printed;
    this.url = url;
  }

  /** Resolves when the address has been printed. */
  static async start(program: URL, port = 0): Promise<ExampleProcess> {
    const child = spawn(execPath, [fileURLToPath(program)], {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      printed.push(line);
      const [, url] = /^Postern in \w+: (\S+)$/.exec(line) ?? [];
      if (url === undefined) continue;
      // What it prints from now on would fill the pipe, and then stop it.
      child.stdout.resume();
      return new ExampleProcess(child, printed, `${url}/`);
    }
    throw new Error(`the example ended before it printed its address: ${printed.join(' | ')}`);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** How the process ended: its exit code, or the signal that killed it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode;
  }

  /** For the end of a test, however it went. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
