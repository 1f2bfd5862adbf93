import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** An echo server in a process of its own. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** Ends it; says whether it had ended by itself, and what it wrote to stderr. */
  stop(): Promise<{ crashed: boolean; stderr: string }>;
}

/** Starts a script that prints the URL it serves, with the Node that runs this. */
export async function startServer(
  script: string,
  args: readonly string[] = [],
): Promise<RunningServer> {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'pipe' });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const url = await firstLine(child);
  if (url === undefined) throw new Error(`the server did not start: ${stderr}`);
  const stop = async (): Promise<{ crashed: boolean; stderr: string }> => {
    const crashed = child.exitCode !== null || child.signalCode !== null;
    if (!crashed) {
      child.kill();
      await once(child, 'close');
    }
    return { crashed, stderr };
  };
  return { url, pid: child.pid!, stop };
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  return undefined;
}
