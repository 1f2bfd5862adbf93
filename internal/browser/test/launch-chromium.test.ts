import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Browser } from 'puppeteer-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { browserAvailable, launchChromium } from '../src/index.js';

describe.skipIf(!browserAvailable('chromium'))('launchChromium', { timeout: 30_000 }, () => {
  let server: Server;
  let browser: Browser;
  let port: number;

  beforeEach(async () => {
    server = createServer((request, response) => response.end(`asked: ${request.headers.host}`));
    await once(server.listen(0), 'listening');
    port = portOf(server);
    browser = await launchChromium({ hosts: { 'stranger.example': '127.0.0.1' } });
  });

  afterEach(async () => {
    await browser.close();
    server.close();
  });

  test.each(['localhost', '127.0.0.1', 'stranger.example'])('reaches %s', async (host) => {
    const page = await browser.newPage();
    await page.goto(`http://${host}:${port}/`);
    expect(await page.$eval('body', (body) => body.textContent)).toBe(`asked: ${host}:${port}`);
  });

  test('resolves no other name', async () => {
    const page = await browser.newPage();
    await expect(page.goto(`http://other.example:${port}/`)).rejects.toThrow(
      'ERR_NAME_NOT_RESOLVED',
    );
  });

  test('leaves neither process nor profile behind', async () => {
    const profile = profileOf(browser.process()!);
    expect(isRunning(browser.process()!) && existsSync(profile)).toBe(true);
    await browser.close();
    expect(isRunning(browser.process()!)).toBe(false);
    expect(existsSync(profile)).toBe(false);
  });
});

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}

function profileOf(browser: ChildProcess): string {
  const flag = browser.spawnargs.find((argument) => argument.startsWith('--user-data-dir='));
  return flag!.slice('--user-data-dir='.length);
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
