import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface StartedProcess {
  /** The next line that it prints for which `wanted` is true; others are passed over. */
  line(wanted?: (line: string) => boolean): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it, and what it wrote to stderr. */
  readonly outcome: Promise<{ readonly end: unknown; readonly stderr: string }>;
}

/** Starts a program of `programs/` with the compiled core at `coreUrl`; it is killed with the test. */
export function startProcess(
  coreUrl: string,
  name: string,
  ...args: readonly string[]
): StartedProcess {
  const path = fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));
  const env = { ...process.env, NODE_OPTIONS: '', POSTERN_CORE: coreUrl };
  const child = spawn(process.execPath, [path, ...args], { env, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    line: async (wanted = () => true) => {
      for (let line = await lines.next(); ; line = await lines.next()) {
        if (line.done === true) throw new Error(`${name} has ended: ${stderr}`);
        if (wanted(line.value)) return line.value;
      }
    },
    kill: (signal) => void child.kill(signal),
    outcome: once(child, 'close').then(([code, signal]) => ({
      end: (code as unknown) ?? signal,
      stderr,
    })),
  };
}
