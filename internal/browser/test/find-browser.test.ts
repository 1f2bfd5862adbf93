import { execPath } from 'node:process';
import { afterEach, expect, test, vi } from 'vitest';
import { browserAvailable, findBrowser } from '../src/find-browser.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('believes the environment variable before the usual places', () => {
  vi.stubEnv('CHROMIUM_PATH', execPath);
  expect(findBrowser('chromium')).toBe(execPath);
});

test('does not fall back when the variable names a program that is not there', () => {
  vi.stubEnv('CHROMIUM_PATH', '/nowhere/chromium');
  expect(findBrowser('chromium')).toBeUndefined();
});

test('prints the place and the variable when there is no browser', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  vi.stubEnv('CHROMIUM_PATH', '/nowhere/chromium');
  expect(browserAvailable('chromium')).toBe(false);
  expect(warn).toHaveBeenCalledWith(
    'skipped: no chromium at /nowhere/chromium; install it or set CHROMIUM_PATH',
  );
});
