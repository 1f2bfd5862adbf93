import { open, type WebSocket } from '@postern/core';
import { expect, test } from 'vitest';
import { divergences, skipReasons } from '../src/divergences.js';
import { runClientCases } from '../src/run-client-cases.js';
import { expected } from './support/expected.js';

type Echo = (ws: WebSocket) => Promise<unknown>;

const styles: Record<string, Echo> = {
  listen: (ws) => ws.listen((data) => ws.write(data)),
  iterate: async (ws) => {
    for await (const message of ws) await ws.write(message);
  },
};

const raised = 32 * 2 ** 20;

test.each(Object.entries(styles))(
  'the client passes every case, echoing by %s',
  async (style, echo) => {
    const connect = (url: string): Promise<unknown> => open(url, echo, { maxMessageSize: raised });
    const results = await runClientCases({ connect, maxMessageSize: raised });
    for (const reason of skipReasons(results)) console.log(reason);
    expect(divergences(results)).toEqual(expected('postern-client'));
  },
);

test('the client keeps a limit of 64 KiB', async () => {
  const maxMessageSize = 65_536;
  const connect = (url: string): Promise<unknown> =>
    open(url, styles['listen']!, { maxMessageSize });
  const results = await runClientCases({ connect, maxMessageSize, only: '7.4.1/' });
  expect(divergences(results)).toEqual([]);
});

test('the client has a limit of 1 MiB by default', async () => {
  const connect = (url: string): Promise<unknown> => open(url, styles['listen']!);
  const results = await runClientCases({ connect, only: '7.4.1/' });
  expect(divergences(results)).toEqual([]);
});
