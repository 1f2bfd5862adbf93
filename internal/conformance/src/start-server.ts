import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** An echo server in a process of its own. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** Ends it, once; says whether it had ended by itself, and what it wrote to stderr. */
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
  let stopped: ReturnType<RunningServer['stop']> | undefined;
  const stop = (): ReturnType<RunningServer['stop']> => {
    stopped ??= end(child).then((crashed) => ({ crashed, stderr }));
    return stopped;
  };
  return { url, pid: child.pid!, stop };
}

/** Ends the process; true when it had ended before. */
async function end(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  const closed = once(child, 'close');
  child.kill();
  await closed;
  return false;
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  return undefined;
}
