import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { certificate, certificatePath, key, keyPath } from './certificate.js';
import { edit, type Edit } from './edit.js';
import { freePort } from './free-port.js';

/** A real proxy with a configuration of `docs/behind-a-proxy`, which is edited for free ports and the test's certificate. */
export interface Proxy {
  readonly url: string;
  readonly secureUrl: string;
  stop(): Promise<void>;
}

/** Starts a proxy before the application at `port`; `edits` are made to the configuration first. */
export type StartProxy = (port: number, edits?: readonly Edit[]) => Promise<Proxy>;

// Not in the PATH of everybody.
const NGINX = '/usr/sbin/nginx';
const HAPROXY = '/usr/sbin/haproxy';

/** Whether the proxy is here; if not, the reason why its tests are skipped is printed. */
export function proxyAvailable(name: 'nginx' | 'haproxy'): boolean {
  const path = name === 'nginx' ? NGINX : HAPROXY;
  const found = spawnSync(path, ['-v']).status === 0;
  if (!found) console.warn(`skipped: there is no ${path} (Debian package ${name})`);
  return found;
}

export const startNginx: StartProxy = async (application, edits = []) => {
  const [port, securePort] = [await freePort(), await freePort()];
  const site = edit(readConfiguration('nginx.conf'), [
    ...edits,
    ['listen 80;', `listen 127.0.0.1:${port};`],
    ['listen 443 ', `listen 127.0.0.1:${securePort} `],
    ['127.0.0.1:8080', `127.0.0.1:${application}`],
    ['/etc/ssl/example.com.cert.pem', certificatePath],
    ['/etc/ssl/example.com.key.pem', keyPath],
  ]);
  const files = { 'site.conf': site, 'nginx.conf': around('site.conf') };
  const args = ['-c', 'nginx.conf', '-p'];
  return run(NGINX, args, files, 'epoll', { port, securePort });
};

/** What Debian's own nginx.conf is to a site, in one process and without rights. */
function around(site: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${name};`).join('\n  ')}
  include ${site};
}
`;
}

export const startHaproxy: StartProxy = async (application, edits = []) => {
  const [port, securePort] = [await freePort(), await freePort()];
  const configuration = edit(readConfiguration('haproxy.cfg'), [
    ...edits,
    ['bind :80\n', `bind 127.0.0.1:${port}\n`],
    ['bind :443 ', `bind 127.0.0.1:${securePort} `],
    ['127.0.0.1:8080', `127.0.0.1:${application}`],
    ['/etc/ssl/example.com.pem', 'example.com.pem'],
  ]);
  const files = { 'haproxy.cfg': configuration, 'example.com.pem': certificate + key };
  const args = ['-W', '-db', '-f', 'haproxy.cfg', '-C'];
  return run(HAPROXY, args, files, 'Loading success', { port, securePort });
};

function readConfiguration(name: string): string {
  const url = new URL(`../../../../docs/behind-a-proxy/${name}`, import.meta.url);
  return readFileSync(url, 'utf8');
}

interface Ports {
  readonly port: number;
  readonly securePort: number;
}

/** Runs a program until its standard input ends, as it does when whoever started it is killed. */
const GUARD = '"$@" & program=$!; exec 2>&-; read -r line; kill "$program"; wait "$program"';

/** Runs a proxy in a directory of its own, which is its last argument, until its log says that it is `ready`. */
async function run(
  program: string,
  args: readonly string[],
  files: Readonly<Record<string, string>>,
  ready: string,
  { port, securePort }: Ports,
): Promise<Proxy> {
  const directory = mkdtempSync(join(tmpdir(), 'postern-proxy-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const command = ['-c', GUARD, 'sh', program, ...args, directory];
  const child = spawn('sh', command, { stdio: ['pipe', 'ignore', 'pipe'] });
  const closed = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await closed;
    rmSync(directory, { recursive: true });
  };
  const log = await logUntil(child.stderr, ready);
  if (log.includes(ready)) {
    return { url: `ws://localhost:${port}`, secureUrl: `wss://localhost:${securePort}`, stop };
  }
  await stop();
  throw new Error(`${program} did not start:\n${log}`);
}

/** What comes until `ready` does, or the end; what comes after it is discarded. */
async function logUntil(stream: Readable, ready: string): Promise<string> {
  let log = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    log += String(chunk);
    if (log.includes(ready)) break;
  }
  stream.resume();
  return log;
}
