import { setInterval } from 'node:timers/promises';
import { clientAddress, open, type HandshakeRequest, type OpenOptions } from '@postern/core';
import { connect, type TcpNetConnectOpts } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { certificate } from './certificate.js';
import { deferred } from './deferred.js';
import { describeConversation } from './describe-conversation.js';
import type { Edit } from './edit.js';
import { ownClient } from './own-client.js';
import type { Way } from './peer.js';
import type { Proxy, StartProxy } from './proxy.js';
import { startStation, type Station, type StationOptions } from './station.js';

const skills = { pings: true, bareCloseCode: 1000, closeAnswer: { reason: '' } };

const ways: readonly Way[] = [
  { secure: false, compression: false, brief: false, skills },
  { secure: true, compression: true, brief: false, skills },
];

/** What must work behind every proxy, as it is configured in `docs/behind-a-proxy`. */
export function describeProxy(start: StartProxy, timeout: (short: string) => Edit): void {
  describe.each(ways)('secure $secure, compression $compression', (way) => {
    let place: Place;
    beforeAll(async () => {
      place = await startPlace(start, { compression: way.compression });
    });
    afterAll(() => place.stop());

    describeConversation(
      (wishes) => place.station.meet(ownClient(), way.compression, wishes, urlOf(place, way)),
      way,
    );

    test('a refusal comes through with status, headers and body', async () => {
      const path = place.station.gate((...[, ws]) =>
        ws.refuse(401, { headers: { 'WWW-Authenticate': 'Bearer' }, body: 'who are you?\n' }),
      );
      const options: OpenOptions = { tls: { ca: certificate } };
      await expect(open(urlOf(place, way) + path, options)).rejects.toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
        body: 'who are you?\n',
      });
    });
  });

  describe('where it came from', () => {
    describeAddresses(start);
  });
  describe('silence', () => {
    describeSilence(start, timeout);
  });

  test('the server says 1001 through it', async () => {
    const place = await usePlace(start, {});
    const { ending } = await place.station.meet(ownClient(), false, {}, place.proxy.url);
    await place.station.server.close();
    expect(await ending).toMatchObject({ code: 1001 });
  });

  test('an application that is down is a refusal with 502 or 503', async () => {
    const place = await usePlace(start, {});
    await place.station.stop();
    const error: unknown = await open(place.proxy.url).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'HandshakeError' });
    expect([502, 503]).toContain((error as { status: number }).status);
  });
}

function describeAddresses(start: StartProxy): void {
  /** The address that a gatekeeper sees when the client is 127.0.0.2. */
  const seen = async (trustProxy: boolean, headers = {}): Promise<string> => {
    const place = await usePlace(start, { trustProxy });
    const asked = deferred<HandshakeRequest>();
    const path = place.station.gate((request, ws) => {
      asked.resolve(request);
      return ws.listen(() => undefined);
    });
    const createConnection = (to: object) =>
      connect({ ...(to as TcpNetConnectOpts), host: '127.0.0.1', localAddress: '127.0.0.2' });
    await using ws = await open(place.proxy.url + path, { createConnection, headers });
    expect(ws.isOpen).toBe(true);
    return clientAddress(await asked.promise);
  };

  test('with trustProxy it is the address that the proxy saw', async () => {
    expect(await seen(true)).toBe('127.0.0.2');
  });

  test('whatever the client claims', async () => {
    expect(await seen(true, { 'X-Forwarded-For': '6.6.6.6' })).toBe('127.0.0.2');
  });

  test("without trustProxy it is the proxy's own", async () => {
    expect(await seen(false)).toBe('127.0.0.1');
  });
}

function describeSilence(start: StartProxy, timeout: (short: string) => Edit): void {
  const edits = [timeout('1s')];

  test('the heartbeat keeps a silent connection past the time at which the proxy ends it', async () => {
    const place = await usePlace(start, { heartbeatInterval: 100 }, edits);
    const path = place.station.gate((...[, ws]) => ws.listen(() => undefined));
    const client = new WebSocket(place.proxy.url + path);
    onTestFinished(() => client.terminate());
    const begin = performance.now();
    await new Promise<void>((resolve, reject) => {
      client.on('ping', () => performance.now() - begin > 1500 && resolve());
      client.on('close', (code) => reject(new Error(`ended with ${code}`)));
      client.on('error', reject);
    });
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  // Who sends is not asked whether he is there, so nothing goes the other way.
  test('a client that only sends is not cut off either', async () => {
    const place = await usePlace(start, { heartbeatInterval: 500 }, edits);
    const taken = deferred<void>();
    const path = place.station.gate((...[, ws]) =>
      ws.listen((message) => void (message === 'last' && taken.resolve())),
    );
    await using ws = await open(place.proxy.url + path, { heartbeatInterval: 0 });
    const end = performance.now() + 1500;
    for await (const now of setInterval(50, () => performance.now())) {
      if (now() > end) break;
      await ws.write('on and on');
    }
    await ws.write('last');
    await taken.promise;
    expect(ws.isOpen).toBe(true);
  });

  test('without a heartbeat the proxy ends it, and both sides see 1006', async () => {
    const place = await usePlace(start, { heartbeatInterval: 0 }, edits);
    const client = ownClient({ heartbeatInterval: 0 });
    const { ws, ending } = await place.station.meet(client, false, {}, place.proxy.url);
    expect(await ending).toMatchObject({ code: 1006 });
    expect(await ws.closed).toMatchObject({ code: 1006, initiator: 'network' });
  });
}

/** Our server with a proxy before it. */
interface Place {
  readonly station: Station;
  readonly proxy: Proxy;
  stop(): Promise<void>;
}

function urlOf({ proxy }: Place, { secure }: Way): string {
  return secure ? proxy.secureUrl : proxy.url;
}

async function startPlace(
  start: StartProxy,
  options: StationOptions,
  edits?: readonly Edit[],
): Promise<Place> {
  const station = await startStation(options);
  const proxy = await start(station.server.port, edits);
  const stop = async (): Promise<void> => {
    await proxy.stop();
    await station.stop();
  };
  return { station, proxy, stop };
}

/** The same for one test. */
export async function usePlace(
  start: StartProxy,
  options: StationOptions,
  edits?: readonly Edit[],
): Promise<Place> {
  const place = await startPlace(start, options, edits);
  onTestFinished(() => place.stop());
  return place;
}
