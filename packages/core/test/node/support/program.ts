import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** How a program ended. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export interface Program {
  /** The next line that it prints. */
  line(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Ends its standard input, which these programs take for the end of their work. */
  finish(): void;
  readonly outcome: Promise<Outcome>;
}

/** Starts a program of `test/node/support/programs` with the compiled core at `coreUrl`. */
export function startProgram(name: string, coreUrl: string): Program {
  const path = fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));
  const env = { ...process.env, NODE_OPTIONS: '', POSTERN_CORE: coreUrl };
  const child = spawn(process.execPath, [path], { env, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    line: async () => String((await lines.next()).value),
    kill: (signal) => void child.kill(signal),
    finish: () => void child.stdin.end(),
    outcome: once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stderr,
    })),
  };
}
