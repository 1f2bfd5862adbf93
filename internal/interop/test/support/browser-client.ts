import type { launchChromium } from '@postern/browser';
import { echo } from '../../peers/whatwg/echo.js';
import type { PeerClient } from './peer.js';

type Browser = Awaited<ReturnType<typeof launchChromium>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

/** A browser as the client: it dials from a page of the very server that it dials, or of `home`. */
export function browserClient(browser: Browser, home?: string): PeerClient {
  const pages = new Map<string, Promise<Page>>();

  const pageOf = (url: string): Promise<Page> => {
    const origin = home ?? new URL(url.replace(/^ws/, 'http')).origin;
    const page = pages.get(origin) ?? openPage(browser, origin);
    pages.set(origin, page);
    return page;
  };

  return {
    async dial({ url, subprotocols }) {
      const page = await pageOf(url);
      return page.evaluate(echo, { url, subprotocols: [...subprotocols] });
    },
    // Whoever launched the browser closes it.
    stop: () => Promise.resolve(),
  };
}

async function openPage(browser: Browser, origin: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${origin}/`);
  return page;
}
