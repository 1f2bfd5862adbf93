import { launch, type Browser } from 'puppeteer-core';
import { absence, findBrowser } from './find-browser.js';

/** What a test may ask of Chromium. */
export interface ChromiumOptions {
  /**
   * Names that the browser resolves, with their addresses: `{ 'stranger.example': '127.0.0.1' }`.
   * Beside them it knows only `localhost`, `127.0.0.1` and `::1`.
   * @default {}
   */
  readonly hosts?: Readonly<Record<string, string>>;
  /**
   * More flags for the command line.
   * @default []
   */
  readonly flags?: readonly string[];
}

const quietFlags = [
  '--no-sandbox', // Containers and root have no sandbox to offer; the pages are our own.
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-proxy-server',
];

/**
 * Starts a headless Chromium with a new, empty profile. It reaches this machine and nothing else.
 *
 * Close it with `await browser.close()` or `await using`: the profile goes with it. Should the test run
 * die first, the browser ends as well, because it is led by a pipe and not by a port.
 *
 * @throws {Error} when there is no Chromium: ask `browserAvailable('chromium')` first.
 */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const { hosts = {}, flags = [] } = options;
  const executablePath = findBrowser('chromium');
  if (executablePath === undefined) throw new Error(absence('chromium'));
  return launch({
    executablePath,
    headless: true,
    pipe: true,
    args: [...quietFlags, `--host-resolver-rules=${resolverRules(hosts)}`, ...flags],
  });
}

function resolverRules(hosts: Readonly<Record<string, string>>): string {
  const known = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
  const loopback = ['localhost', '127.0.0.1', '::1'].map((host) => `EXCLUDE ${host}`);
  return [...known, 'MAP * ~NOTFOUND', ...loopback].join(', ');
}
