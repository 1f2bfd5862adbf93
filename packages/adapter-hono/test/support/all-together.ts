import { setCookie } from 'hono/cookie';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { logger } from 'hono/logger';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { timing } from 'hono/timing';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';

import { WebSocketHandler } from '../../src/index.js';
import { serve } from './serve-app.js';

/** The values of the cookies on a response. */
function cookieOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string {
  const lines = [headers['set-cookie'] ?? []].flat() as string[];
  return lines.map((line) => line.split(';')[0]).join('; ');
}

/**
 * Whether node-server puts a `Response` of its own in place of Node's, `overridden`, is said by the first server of a
 * process, and holds for all.
 */
export function describeTogether(overridden: boolean): void {
  describe(`all of them together, overrideGlobalObjects: ${overridden}`, () => {
    test('work, and in both orders', async () => {
      for (const turned of [false, true]) {
        const lines: string[] = [];
        const layers = [
          logger((line) => void lines.push(line)),
          cors(),
          secureHeaders(),
          timing(),
          requestId(),
          etag(),
          compress({ threshold: 0 }),
        ];
        const app = new Hono();
        for (const layer of turned ? layers.toReversed() : layers) app.use(layer);
        app.use(async (context, next) => {
          setCookie(context, 'before', '1');
          await next();
          setCookie(context, 'after', '3');
          context.header('X-After', 'yes');
        });
        app.get(
          '/chat',
          WebSocketHandler(async ({ context }, ws) => {
            setCookie(context, 'gate', '2');
            await ws.accept({ headers: { 'Set-Cookie': 'keeper=4' } });
            for await (const message of ws) await ws.write(message);
          }),
        );
        app.get(
          '/closed',
          WebSocketHandler((request, ws) =>
            ws.refuse(403, { headers: { 'Set-Cookie': 'keeper=4' } }),
          ),
        );
        const station = await serve(app, overridden);
        const client = station.ask('/chat', { 'Accept-Encoding': 'gzip' }).say('hello');
        const opened = await client.opened();
        expect(opened.headers).toMatchObject({
          'access-control-allow-origin': '*',
          'x-content-type-options': 'nosniff',
          'x-request-id': expect.any(String) as string,
          'x-after': 'yes',
        });
        expect(cookieOf(opened).split('; ').toSorted()).toEqual([
          'after=3',
          'before=1',
          'gate=2',
          'keeper=4',
        ]);
        expect(await client.text()).toBe('hello');
        const refused = await station.ask('/closed').lastReply();
        expect(cookieOf(refused).split('; ').toSorted()).toEqual([
          'after=3',
          'before=1',
          'keeper=4',
        ]);
        const answered = lines.filter((line) => line.startsWith('-->'));
        // Node's own Response cannot say 101.
        const status = overridden ? '101' : '200';
        expect(answered.map((line) => line.split(' ', 4)[3])).toEqual([status, '403']);
      }
    });
  });
}
