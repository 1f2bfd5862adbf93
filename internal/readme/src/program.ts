import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

/** How a program ended. */
export interface Outcome {
  /** Its exit code, or the signal that killed it. */
  readonly end: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Between two looks at a server that is about to listen, in milliseconds. */
const INTERVAL = 20;

/** A program of a page, in a process of its own. */
export class Program {
  readonly outcome: Promise<Outcome>;
  readonly #child: ChildProcess;

  constructor(folder: string, file: string) {
    const child = spawn(execPath, [file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.outcome = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
      ([stdout, stderr]) => ({ end: child.exitCode ?? child.signalCode, stdout, stderr }),
    );
  }

  /**
   * Resolves when the program listens on the port.
   * @throws {Error} when it ends before.
   */
  async listensOn(port: number): Promise<void> {
    while (!(await isListening(port))) {
      if (this.#child.exitCode === null) await wait(INTERVAL);
      else throw new Error(`it ended before it listened: ${(await this.outcome).stderr}`);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, 'localhost');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
