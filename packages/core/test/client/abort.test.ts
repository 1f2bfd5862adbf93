import { getEventListeners, once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { OpenOptions } from '../../src/client/open-options.js';
import { open } from '../../src/client/open.js';
import { textFrame } from './support/frames.js';
import { serveProxy } from './support/proxy-server.js';
import { serveRaw, switching } from './support/raw-server.js';

/** What a case needs: where to connect to, and the sockets that must be gone afterwards. */
interface Stage {
  readonly url: string;
  readonly options?: OpenOptions;
  readonly sockets: readonly Duplex[];
}

type Abort = () => void;

/** A server that says nothing, and aborts when it hears something. */
async function mute(abort: Abort): Promise<{ readonly port: number; readonly sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', abort);
    sockets.push(socket);
  });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, sockets };
}

/** A server that answers with these bytes, one after another in time, and then aborts. */
async function saying(abort: Abort, ...answers: readonly string[]): Promise<Stage> {
  const sockets: Socket[] = [];
  const { url } = await serveRaw(({ socket }) => {
    sockets.push(socket);
    const [next, ...rest] = answers.slice(sockets.length - 1);
    socket.write(next!, () => void (rest.length === 0 && setImmediate(abort)));
  });
  return { url, sockets };
}

const inMemory = (): Duplex => new Duplex({ read: () => undefined });

const stages: Record<string, (abort: Abort) => Promise<Stage> | Stage> = {
  'in the same turn': (abort) => {
    queueMicrotask(abort);
    return { url: 'ws://127.0.0.1:1', sockets: [] };
  },
  'while the name is looked up': (abort) => {
    setImmediate(abort);
    return { url: 'ws://nobody.invalid', sockets: [] };
  },
  'while a stream is on its way': (abort) => {
    const createConnection = (): undefined => void setImmediate(abort);
    return { url: 'ws://a.test', options: { createConnection }, sockets: [] };
  },
  'while a stream takes nothing': (abort) => {
    const stream = Object.assign(inMemory(), { _write: abort });
    return { url: 'ws://a.test', options: { createConnection: () => stream }, sockets: [stream] };
  },
  'while TLS is set up': async (abort) => {
    const { port, sockets } = await mute(abort);
    return { url: `wss://127.0.0.1:${port}`, sockets };
  },
  'while a proxy is asked': async (abort) => {
    const { port, sockets } = await mute(abort);
    return { url: 'ws://a.test', options: { proxy: `http://127.0.0.1:${port}` }, sockets };
  },
  'while TLS with a proxy is set up': async (abort) => {
    const { port, sockets } = await mute(abort);
    return { url: 'ws://a.test', options: { proxy: `https://127.0.0.1:${port}` }, sockets };
  },
  'while TLS is set up through a proxy': async (abort) => {
    const { port } = await mute(abort);
    const { port: proxyPort, sockets } = await serveProxy();
    const options = { proxy: `http://127.0.0.1:${proxyPort}` };
    return { url: `wss://127.0.0.1:${port}`, options, sockets };
  },
  'while an answer is awaited': async (abort) => {
    const { port, sockets } = await mute(abort);
    return { url: `ws://127.0.0.1:${port}`, sockets };
  },
  'after half a status line': (abort) => saying(abort, 'HTTP/1.1 10'),
  'among the headers': (abort) => saying(abort, 'HTTP/1.1 101 S\r\nUpgrade: web'),
  'after an informational answer': (abort) => saying(abort, 'HTTP/1.1 102 Wait\r\n\r\n'),
  'in the body of a refusal': (abort) =>
    saying(abort, 'HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nwhy'),
  'after a redirect': async (abort) => {
    const led = 'HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n';
    return { ...(await saying(abort, led, 'HTTP/1.1 10')), options: { maxRedirects: 1 } };
  },
};

describe('a signal that aborts before the connection is open', () => {
  test.each(Object.keys(stages))(
    '%s: open rejects with its reason, nothing is left',
    async (name) => {
      const given = new AbortController();
      const { signal } = given;
      const reason = new Error('enough');
      const { url, options, sockets } = await stages[name]!(() => given.abort(reason));
      await expect(open(url, { ...options, signal, timeout: 0 })).rejects.toBe(reason);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      const gone = (socket: Duplex) =>
        new Promise<void>((resolve) => void socket.once('close', () => resolve()));
      for (const socket of sockets) if (!socket.closed) await gone(socket);
    },
  );
});

describe('a signal that aborts when the connection is open', () => {
  const quick = { closeTimeout: 100 };

  /** A connection to a server that sends `bytes`, and never reads. */
  async function stuck(bytes: Buffer = Buffer.alloc(0)) {
    const { url, clients } = await serveRaw(({ socket, key }) => {
      socket.pause();
      socket.write(Buffer.concat([Buffer.from(switching(key)), bytes]));
    });
    const given = new AbortController();
    const ws = await open(url, { ...quick, signal: given.signal });
    return { ws, given, client: clients[0]! };
  }

  test('ends a read, a write that waits for room and a ping', async () => {
    const { ws, given } = await stuck();
    let writing: Promise<void> = Promise.resolve();
    // Until the system takes no more.
    for (let rounds = 0; rounds < 1000 && ws.bufferedAmount < 200_000; rounds += 1) {
      writing = ws.write(Buffer.alloc(65_536));
      await turn();
    }
    const outcomes = Promise.allSettled([ws.read(), writing, ws.ping()]);
    given.abort();
    const codes = (await outcomes).map(
      (outcome) => outcome.status === 'rejected' && (outcome.reason as { code: unknown }).code,
    );
    expect(codes).toEqual(Array(3).fill('POSTERN_ERR_CONNECTION_CLOSED'));
    expect(await ws.closed).toMatchObject({ initiator: 'local' });
    expect(getEventListeners(given.signal, 'abort')).toEqual([]);
  });

  test('while it is closing: the closing handshake goes on as it was', async () => {
    const { ws, given, client } = await stuck();
    const closing = ws.close({ code: 4000 });
    given.abort();
    client.socket.resume();
    client.socket.end(Buffer.from('88020fa0', 'hex'));
    expect(await closing).toMatchObject({ code: 4000, wasClean: true });
  });

  test('ends a loop, which has what came before', async () => {
    const { ws, given } = await stuck(Buffer.concat([textFrame('one'), textFrame('two')]));
    const seen: unknown[] = [];
    for await (const message of ws) {
      seen.push(message);
      if (seen.length === 2) given.abort();
    }
    expect(seen).toEqual(['one', 'two']);
  });

  test('open with a function that does not mind resolves with what it returns', async () => {
    const { url } = await serveRaw(({ socket, key }) => void socket.write(switching(key)));
    const given = new AbortController();
    const use = async (ws: { readonly closed: Promise<unknown> }): Promise<string> => {
      given.abort();
      await ws.closed;
      return 'done';
    };
    expect(await open(url, use, { ...quick, signal: given.signal })).toBe('done');
  });
});
