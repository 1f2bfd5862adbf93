import { launch, type Browser } from 'puppeteer-core';
import { absence, findBrowser } from './find-browser.js';

/** What a test may ask of Firefox. */
export interface FirefoxOptions {
  /**
   * Names that stand for this machine: `['stranger.example']`. Beside them there are only `localhost`, `127.0.0.1` and `::1`.
   * @default []
   */
  readonly names?: readonly string[];
  /**
   * Whether a certificate that nobody vouches for will do.
   * @default false
   */
  readonly anyCertificate?: boolean;
  /**
   * More preferences, as in `about:config`.
   * @default {}
   */
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
}

/** A port on which nothing listens: what is sent there is refused. */
const NOWHERE = 9;

/**
 * Starts a headless Firefox with a new, empty profile, led by WebDriver BiDi. It reaches this machine and nothing else.
 *
 * Close it with `await browser.close()` or `await using`: the profile goes with it. It ends with the process that
 * started it, unless that is killed without notice.
 *
 * @throws {Error} when there is no Firefox: ask `browserAvailable('firefox')` first.
 */
export async function launchFirefox(options: FirefoxOptions = {}): Promise<Browser> {
  const { names = [], anyCertificate = false, preferences = {} } = options;
  const executablePath = findBrowser('firefox');
  if (executablePath === undefined) throw new Error(absence('firefox'));
  return launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    acceptInsecureCerts: anyCertificate,
    extraPrefsFirefox: { ...closedTo(names), ...preferences },
  });
}

/** Everything but this machine goes through a proxy that is not there. */
function closedTo(names: readonly string[]): Record<string, string | number | boolean> {
  return {
    'network.dns.localDomains': names.join(','),
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': NOWHERE,
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': NOWHERE,
    'network.proxy.no_proxies_on': ['localhost', '127.0.0.1', '[::1]', ...names].join(','),
  };
}
