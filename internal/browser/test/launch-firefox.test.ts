import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserAvailable, launchFirefox } from '../src/index.js';

describe.skipIf(!browserAvailable('firefox'))('launchFirefox', { timeout: 60_000 }, () => {
  let server: Server;
  let browser: Browser;
  let port: number;

  beforeAll(async () => {
    server = createServer((request, response) => response.end(`asked: ${request.headers.host}`));
    await once(server.listen(0), 'listening');
    ({ port } = server.address() as AddressInfo);
    browser = await launchFirefox({ names: ['stranger.example'] });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test.each(['localhost', '127.0.0.1', 'stranger.example'])('reaches %s', async (host) => {
    const page = await browser.newPage();
    await page.goto(`http://${host}:${port}/`);
    expect(await page.$eval('body', (body) => body.textContent)).toBe(`asked: ${host}:${port}`);
  });

  test('reaches nothing else', async () => {
    const page = await browser.newPage();
    await expect(page.goto(`http://other.example:${port}/`)).rejects.toThrow(
      'NS_ERROR_PROXY_CONNECTION_REFUSED',
    );
  });

  test('leaves neither process nor profile behind', async () => {
    const child = browser.process()!;
    const profile = profileOf(child);
    expect(isRunning(child) && existsSync(profile)).toBe(true);
    await browser.close();
    expect(isRunning(child)).toBe(false);
    expect(existsSync(profile)).toBe(false);
  });
});

function profileOf({ spawnargs }: ChildProcess): string {
  return spawnargs[spawnargs.indexOf('--profile') + 1]!;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
