import { existsSync } from 'node:fs';
import { env } from 'node:process';

/** A browser that tests can drive. */
export type BrowserName = 'chromium' | 'firefox';

interface Whereabouts {
  /** The environment variable that, when set, is believed before any place below. */
  readonly variable: string;
  readonly places: readonly string[];
}

const whereabouts: Record<BrowserName, Whereabouts> = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    places: [
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    places: [
      '/usr/bin/firefox-esr',
      '/usr/bin/firefox',
      '/Applications/Firefox.app/Contents/MacOS/firefox',
    ],
  },
};

/** Where the browser's program is on this machine; undefined when it is nowhere that we know. */
export function findBrowser(name: BrowserName): string | undefined {
  const { variable, places } = whereabouts[name];
  const chosen = env[variable];
  return (chosen ? [chosen] : places).find((path) => existsSync(path));
}

/** What to tell somebody whose machine lacks the browser. */
export function absence(name: BrowserName): string {
  const { variable, places } = whereabouts[name];
  return `no ${name} at ${env[variable] || places.join(', ')}; install it or set ${variable}`;
}

/**
 * Whether the browser is here, for `describe.skipIf(!browserAvailable('chromium'))`.
 * When it is not, the reason is printed: no test is left out in silence.
 */
export function browserAvailable(name: BrowserName): boolean {
  if (findBrowser(name) !== undefined) return true;
  console.warn(`skipped: ${absence(name)}`);
  return false;
}
