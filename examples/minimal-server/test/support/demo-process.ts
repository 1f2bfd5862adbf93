import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../server.mjs', import.meta.url));

/** The demo as somebody starts it, in a process of its own. */
export class DemoProcess {
  /** All lines printed until the address. */
  readonly printed: readonly string[];
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, printed: readonly string[], url: string) {
    this.#child = child;
    this.printed = printed;
    this.url = url;
  }

  /** Resolves when the address has been printed. */
  static async start(port: number): Promise<DemoProcess> {
    const child = spawn(execPath, [program], {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      printed.push(line);
      const [, url] = /^Postern demo: (\S+)$/.exec(line) ?? [];
      if (url !== undefined) return new DemoProcess(child, printed, url);
    }
    throw new Error(`the demo ended before it printed its address: ${printed.join(' | ')}`);
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
