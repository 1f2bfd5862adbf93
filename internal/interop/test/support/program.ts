import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { deferred, type Deferred } from './deferred.js';
import type { Dial, Ending, PeerClient, PeerServer } from './peer.js';

/** A command line; and what it is told beside this environment. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a file of `peers/` is. */
export function peerPath(name: string): string {
  return fileURLToPath(new URL(`../../peers/${name}`, import.meta.url));
}

/** A program that takes lines and answers with lines of JSON, each about one connection. */
class Program {
  readonly #child;
  /** What it says about itself before any connection. */
  readonly #first = deferred<unknown>();
  readonly #endings = new Map<string, Deferred<Ending>>();
  #stderr = '';

  constructor({ program, args, env }: Command) {
    // The options of this run of Node are not for others, and nobody leaves files here.
    const whole = { ...process.env, NODE_OPTIONS: '', PYTHONDONTWRITEBYTECODE: '1', ...env };
    this.#child = spawn(program, args, { env: whole, stdio: 'pipe' });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#child.stdin.on('error', () => undefined);
    createInterface(this.#child.stdout).on('line', (line) => this.#onLine(line));
    this.#child.once('close', () => {
      const error = new Error(`${program} ${args.join(' ')} has ended:\n${this.#stderr}`);
      for (const each of [this.#first, ...this.#endings.values()]) each.reject(error);
    });
  }

  #onLine(line: string): void {
    const { id, ...rest } = JSON.parse(line) as { id?: string };
    if (id === undefined) this.#first.resolve(rest);
    else this.#endingOf(id).resolve(rest as Ending);
  }

  #endingOf(id: string): Deferred<Ending> {
    const ending = this.#endings.get(id) ?? deferred<Ending>();
    this.#endings.set(id, ending);
    return ending;
  }

  get first(): Promise<unknown> {
    return this.#first.promise;
  }

  ending(id: string): Promise<Ending> {
    return this.#endingOf(id).promise;
  }

  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Its complaints are shown, should it have had any. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const closed = once(this.#child, 'close');
      this.#child.kill('SIGKILL');
      await closed;
    }
    if (this.#stderr !== '') console.warn(this.#stderr);
  }
}

export function startClientProgram(command: Command): PeerClient {
  const program = new Program(command);
  let count = 0;
  return {
    dial({ url, subprotocols, compression }: Dial): Promise<Ending> {
      const id = String(++count);
      const offer = subprotocols.join(',') || '-';
      program.write(`${id} ${url} ${offer} ${compression ? 'deflate' : 'plain'}`);
      return program.ending(id);
    },
    stop: () => program.stop(),
  };
}

export async function startServerProgram(command: Command): Promise<PeerServer> {
  const program = new Program(command);
  const { port, securePort } = (await program.first) as { port: number; securePort: number };
  return {
    url: `ws://127.0.0.1:${port}`,
    secureUrl: `wss://127.0.0.1:${securePort}`,
    ending: (path) => program.ending(path),
    stop: () => program.stop(),
  };
}
