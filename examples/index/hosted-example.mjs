import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const endWithParent = new URL('end-with-parent.mjs', import.meta.url).href;
const address = /http:\/\/localhost:(\d+)$/;
const START_TIMEOUT = 30_000;
/** Examples give their visitors ten seconds to say goodbye. */
const END_TIMEOUT = 12_000;

/** An example with a page: a process of its own on a port of its own, started when somebody first asks for it. */
export class HostedExample {
  /** @type {'idle' | 'starting' | 'running' | 'failed'} */
  state = 'idle';
  /** Why it failed. */
  problem = '';
  #program;
  #onChange;
  #print;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** @type {Promise<number | undefined> | undefined} */
  #port;

  /**
   * @param {string} program
   * @param {object} listeners
   * @param {() => void} listeners.onChange hears of every change of `state`
   * @param {(line: string) => void} listeners.print is given what the example prints
   */
  constructor(program, { onChange, print }) {
    this.#program = program;
    this.#onChange = onChange;
    this.#print = print;
  }

  /** The port of its page; `undefined` when it could not be started. */
  open() {
    this.#port ??= this.#start();
    return this.#port;
  }

  /** Tells it to end, and waits for it. */
  async stop() {
    if (!this.#child) return;
    const child = this.#child;
    const ended = new Promise((resolve) => child.once('close', resolve));
    if (child.connected) child.send('end');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT);
    await ended;
    clearTimeout(timer);
  }

  async #start() {
    const child = spawn(process.execPath, ['--import', endWithParent, this.#program], {
      cwd: dirname(this.#program),
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true, // A terminal's Ctrl+C is for us; the example is told by the channel.
    });
    this.#child = child;
    this.#enter('starting');
    const impatience = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT);
    const port = await Promise.race([this.#portOf(child), this.#endOf(child)]);
    clearTimeout(impatience);
    if (port !== undefined) this.#enter('running');
    return port;
  }

  /**
   * Resolves when it prints its address.
   *
   * @returns {Promise<number>}
   */
  #portOf(child) {
    return new Promise((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#print(line);
        const [, port] = address.exec(line) ?? [];
        if (port !== undefined) resolve(Number(port));
      });
    });
  }

  /**
   * Resolves when it has ended, and keeps why.
   *
   * @returns {Promise<undefined>}
   */
  #endOf(child) {
    const complaints = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#print(line);
      complaints.push(line);
    });
    child.once('error', (error) => complaints.push(String(error)));
    return new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#child = this.#port = undefined;
        if (code === 0) this.#enter('idle');
        else this.#enter('failed', whatHappened(complaints, code ?? signal));
        resolve(undefined);
      });
    });
  }

  #enter(state, problem = '') {
    this.state = state;
    this.problem = problem;
    this.#onChange();
  }
}

/**
 * The line of a stack trace that says it, if there is one.
 *
 * @param {string[]} complaints
 * @param {number | string | null} end
 */
function whatHappened(complaints, end) {
  return complaints.find((line) => /^\w*Error\b/.test(line)) ?? `it ended with ${end}`;
}
