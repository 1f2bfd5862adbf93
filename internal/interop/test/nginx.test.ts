import { browserAvailable, launchChromium } from '@postern/browser';
import { open } from '@postern/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { browserClient } from './support/browser-client.js';
import { describeProxy, usePlace } from './support/describe-proxy.js';
import { echoOf } from './support/echo.js';
import type { Edit } from './support/edit.js';
import { proxyAvailable, startNginx } from './support/proxy.js';
import type { StationOptions } from './support/station.js';

const host = 'proxy_set_header Host $http_host;';
const forwardedHost = 'proxy_set_header X-Forwarded-Host $http_host;';

describe.skipIf(!proxyAvailable('nginx'))('behind nginx', () => {
  describeProxy(startNginx, (short) => ['proxy_read_timeout 60s', `proxy_read_timeout ${short}`]);

  describe('the name that it passes on', () => {
    /** Opens as a page of the proxy would; what comes of it, and the origin of that page. */
    const dial = async (options: StationOptions, ...edits: Edit[]) => {
      const { station, proxy } = await usePlace(startNginx, options, edits);
      const path = station.gate((...[, ws]) => ws.listen(() => undefined));
      const origin = proxy.url.replace('ws:', 'http:');
      const result = await open(proxy.url + path, { origin }).then(
        ({ isOpen }) => ({ isOpen }),
        (error: unknown) => error,
      );
      return { result, origin };
    };

    test('without a line for Host it is that of the upstream: 403, which names both and the remedy', async () => {
      const { result, origin } = await dial({}, [host, '']);
      expect(result).toMatchObject({ status: 403 });
      const { body } = result as { body: string };
      expect(body).toContain(`"${origin}"`);
      expect(body).toContain('Host "application"');
      expect(body).toContain('"trustProxy"');
    });

    test('without either line the 403 has no proxy to speak of', async () => {
      const { result } = await dial({}, [host, ''], [forwardedHost, '']);
      expect(result).toMatchObject({
        status: 403,
        body: expect.not.stringContaining('trustProxy'),
      });
    });

    test('trustProxy takes X-Forwarded-Host in its place', async () => {
      const { result } = await dial({ trustProxy: true }, [host, '']);
      expect(result).toMatchObject({ isOpen: true });
    });

    test('$host loses the port: 403', async () => {
      const { result } = await dial({}, [host, 'proxy_set_header Host $host;']);
      expect(result).toMatchObject({
        status: 403,
        body: expect.stringContaining('Host "localhost"'),
      });
    });
  });

  test('without the upgrade passed on, the application sees an ordinary GET', async () => {
    const edits: Edit[] = [['proxy_set_header Upgrade $http_upgrade;', '']];
    const { proxy } = await usePlace(startNginx, {}, edits);
    await expect(open(proxy.url)).rejects.toMatchObject({ status: 200 });
  });

  test.skipIf(!browserAvailable('chromium'))('Chromium, with HTTP/2 for the pages', async () => {
    const { station, proxy } = await usePlace(startNginx, {}, [['443 ssl', '443 ssl http2']]);
    const browser = await launchChromium({ flags: ['--ignore-certificate-errors'] });
    onTestFinished(() => browser.close());
    const client = browserClient(browser);
    const { ws, ending } = await station.meet(client, false, {}, proxy.secureUrl);
    expect(await echoOf(ws, 'through nginx')).toBe('through nginx');
    await ws.close();
    expect(await ending).toMatchObject({ code: 1000 });
  });
});
