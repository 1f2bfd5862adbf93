import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const ANSWER_TIMEOUT = 120_000;

/**
 * A child process that is asked one line at a time and answers each with a line of JSON.
 * The child must end when its stdin ends, so that it cannot outlive this process.
 */
export class LineProcess {
  #name;
  #child;
  #lines;

  /**
   * @param {string} name for messages
   * @param {string[]} command
   * @param {Record<string, string>} [env] in addition to ours
   */
  constructor(name, [program = '', ...args], env = {}) {
    this.#name = name;
    this.#child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    // A child that is gone is reported by the answer that does not come.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Sends one line and waits for the answer.
   *
   * @param {object} question
   * @returns {Promise<any>}
   * @throws {Error} when the child ends, takes longer than two minutes, or answers with an error
   */
  ask(question) {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.answer();
  }

  /**
   * Waits for a line nobody asked for, such as the first one of a server.
   *
   * @returns {Promise<any>}
   */
  async answer() {
    const timer = setTimeout(() => this.#child.kill(), ANSWER_TIMEOUT);
    const { value, done } = await this.#lines.next();
    clearTimeout(timer);
    if (done) throw new Error(`${this.#name} ended without an answer`);
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(`${this.#name}: ${answer.error}`);
    return answer;
  }

  /** Ends the child and waits for its end. */
  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await ended;
    clearTimeout(timer);
  }
}
