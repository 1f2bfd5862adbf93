import { spawn } from 'node:child_process';

const KILL_GRACE = 10_000;
const running = new Set();

/**
 * Runs a command to its end. Never rejects: a command that cannot be started has ended with code 127.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {boolean} [options.show] lets the output through instead of returning it
 * @param {number} [options.timeout] milliseconds, after which the command is stopped and has failed
 * @returns {Promise<{ ok: boolean, code: number, output: string }>}
 */
export function runCommand(command, args, { cwd, env = process.env, show = false, timeout } = {}) {
  return new Promise((resolve) => {
    const pipe = show ? 'inherit' : 'pipe';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', pipe, pipe] });
    running.add(child);
    let output = '';
    const collect = (/** @type {string} */ text) => (output += text);
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);

    const deadline =
      timeout &&
      setTimeout(() => {
        output += `\nstopped: not done within ${timeout / 1000} s\n`;
        stop(child);
      }, timeout);

    const end = (/** @type {number} */ code) => {
      if (deadline) clearTimeout(deadline);
      running.delete(child);
      resolve({ ok: code === 0, code, output });
    };
    child.once('error', (error) => {
      output += `${error.message}\n`;
      end(127);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function stop(child) {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), KILL_GRACE).unref();
}

/** Ends this process on SIGINT and SIGTERM, and with it every command that still runs. */
export function stopWithCommands() {
  for (const [signal, number] of /** @type {const} */ ([
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ])) {
    process.once(signal, () => {
      for (const child of running) child.kill('SIGTERM');
      process.exit(128 + number);
    });
  }
}
