import type { launchChromium } from '@postern/browser';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { browserClient } from './browser-client.js';
import { describeClient } from './describe-client.js';
import type { Skills } from './peer.js';
import { startStation } from './station.js';

type Browser = Awaited<ReturnType<typeof launchChromium>>;

/** All that any client does; and a page of `stranger.example`, which must stand for this machine. */
export function describeBrowser(launch: () => Promise<Browser>, skills: Skills): void {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
  });

  afterAll(() => browser.close());

  describeClient(() => browserClient(browser), { hidesStatus: true, ...skills });

  describe('a page of somebody else', () => {
    test('is kept out, and the gatekeeper not asked', async () => {
      const station = await startStation({});
      onTestFinished(() => station.stop());
      const gatekeeper = vi.fn<() => void>();
      const url = station.server.url + station.gate(gatekeeper);
      const stranger = browserClient(browser, `http://stranger.example:${station.server.port}`);
      const dial = { url, subprotocols: [], compression: false };
      expect(await stranger.dial(dial)).toEqual({ refused: 0 });
      expect(gatekeeper).not.toHaveBeenCalled();
    });

    test('comes in when its origin is listed', async () => {
      const home = await startStation({});
      onTestFinished(() => home.stop());
      const origin = `http://stranger.example:${home.server.port}`;
      const station = await startStation({ origins: [origin] });
      onTestFinished(() => station.stop());
      const { ws, ending } = await station.meet(browserClient(browser, origin), false);
      await ws.close();
      expect(await ending).toMatchObject({ code: 1000 });
    });
  });
}
