import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { RawClient } from '../wire/raw-client.js';

/**
 * The program of a user, in a process of its own: it listens on a port of its choice, writes `listening PORT` to its
 * standard output, greets each client at `/chat` with its process id, and ends on SIGTERM, with a grace time of 200 ms.
 */
export function describeProgram(name: string, program: URL): void {
  describe(`a program with ${name}`, () => {
    test('tells its clients 1001 on SIGTERM, and its process ends by itself', async () => {
      const running = await run([program]);
      const client = running.dial().ask('/chat');
      await client.opened();
      expect(Number(await client.text())).toBe(running.process.pid);
      running.process.kill('SIGTERM');
      expect(await client.closed()).toBe(1001);
      expect(await running.ended()).toEqual({ code: 0, signal: null, errors: '' });
    });

    test('waits for a client that does not answer no longer than its grace time', async () => {
      const running = await run([program]);
      const client = running.dial().ask('/chat');
      await client.opened();
      await client.text();
      running.process.kill('SIGTERM');
      expect(await client.closeCode()).toBe(1001);
      expect(await running.ended()).toEqual({ code: 0, signal: null, errors: '' });
      await client.ended();
    });

    test('runs in two workers of a cluster, each with its own clients', async () => {
      const primary = new URL('../../programs/cluster.mjs', import.meta.url);
      const running = await run([primary, program], 2);
      const clients = [];
      const pids = new Set<string>();
      while (pids.size < 2) {
        const client = running.dial().ask('/chat');
        await client.opened();
        pids.add(await client.text());
        clients.push(client);
      }
      running.process.kill('SIGTERM');
      for (const client of clients) expect(await client.closed()).toBe(1001);
      expect(await running.ended()).toEqual({ code: 0, signal: null, errors: '' });
      expect(pids.has(String(running.process.pid))).toBe(false);
    });
  });
}

interface Running {
  readonly process: ChildProcess;
  dial(): RawClient;
  ended(): Promise<{ code: number | null; signal: string | null; errors: string }>;
}

/** Runs the program until `count` processes of it listen, which in a cluster they do on one port. */
async function run(command: readonly URL[], count = 1): Promise<Running> {
  const child = spawn(
    process.execPath,
    command.map((each) => fileURLToPath(each)),
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exit = once(child, 'close') as Promise<[number | null, string | null]>;
  const port = await Promise.race([portOf(child, count), exit.then(() => undefined)]);
  if (port === undefined) throw new Error(`the program ended before it listened: ${errors}`);
  return {
    process: child,
    dial: () => new RawClient(connect(port, '127.0.0.1')),
    ended: async () => {
      const [code, signal] = await exit;
      return { code, signal, errors };
    },
  };
}

async function portOf(child: ChildProcess, count: number): Promise<number | undefined> {
  const ports: number[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line.startsWith('listening ')) ports.push(Number(line.slice('listening '.length)));
    if (ports.length === count) break;
  }
  return ports[0];
}
