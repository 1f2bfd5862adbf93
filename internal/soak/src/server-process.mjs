import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * What the server weighs: MiB, milliseconds of CPU, file descriptors, open connections.
 *
 * @typedef {{ rss: number, used: number, peak: number, cpu: number, descriptors: number, connections: number }} Measure
 */

/** The echo server in its process; questions are answered one after another. */
export class ServerProcess {
  /** Undefined while it runs; then how it ended. @type {string | undefined} */
  ended;
  port = 0;
  #child;
  /** Rejects when it ends. @type {Promise<never>} */
  #gone;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** @param {readonly string[]} args */
  constructor(args) {
    const path = fileURLToPath(new URL('server.mjs', import.meta.url));
    this.#child = fork(path, [...args], { execArgv: ['--expose-gc'] });
    this.#gone = once(this.#child, 'exit').then(([code, signal]) => {
      this.ended = `exit code ${code ?? signal}`;
      throw new Error(`the server is gone: ${this.ended}`);
    });
    this.#gone.catch(() => undefined);
  }

  /** @param {readonly string[]} args */
  static async start(...args) {
    const server = new ServerProcess(args);
    server.port = /** @type {number} */ (await server.#answer());
    return server;
  }

  /** @returns {Promise<Measure>} */
  async measure() {
    return /** @type {Measure} */ (await this.#ask('measure'));
  }

  /** The peak begins anew. */
  async reset() {
    await this.#ask('reset');
  }

  async stop() {
    if (this.ended !== undefined) return;
    this.#child.disconnect();
    await this.#gone.catch(() => undefined);
  }

  /** @param {string} question */
  #ask(question) {
    this.#last = this.#last.then(() => {
      this.#child.send(question);
      return this.#answer();
    });
    return this.#last;
  }

  async #answer() {
    const answer = once(this.#child, 'message').then(([message]) => message.answer);
    return Promise.race([answer, this.#gone]);
  }
}
