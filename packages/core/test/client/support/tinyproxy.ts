import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Whether Debian's tinyproxy is here; if not, the reason why the tests with it are skipped is printed. */
export function tinyproxyAvailable(): boolean {
  const available = spawnSync('tinyproxy', ['-v']).status === 0;
  if (!available) console.log('Skipped: tinyproxy is not installed (Debian package tinyproxy)');
  return available;
}

/** Starts tinyproxy, ended with the test; `line` goes into its configuration. Returns its port. */
export async function startTinyproxy(line = ''): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'postern-tinyproxy-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const port = await freePort();
  const file = join(directory, 'tinyproxy.conf');
  writeFileSync(file, `Port ${port}\nListen 127.0.0.1\nTimeout 60\nLogLevel Info\n${line}\n`);
  const child = spawn('tinyproxy', ['-d', '-c', file], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill());
  let log = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    log += String(chunk);
    if (log.includes('Accepting connections')) {
      child.stdout.resume();
      return port;
    }
  }
  throw new Error(`tinyproxy did not start:\n${log}`);
}

/** It cannot choose a port of its own. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
