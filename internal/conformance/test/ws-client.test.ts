import { expect, test } from 'vitest';
import { divergences, skipReasons } from '../src/divergences.js';
import { runClientCases } from '../src/run-client-cases.js';
import { connectWs } from './support/ws-client.js';

test('the ws client differs from the cases exactly as it is known to', async () => {
  const maxMessageSize = 32 * 2 ** 20;
  const connect = (url: string): Promise<void> => connectWs(url, maxMessageSize);
  const results = await runClientCases({ connect, maxMessageSize, concurrency: 64 });
  for (const reason of skipReasons(results)) console.log(reason);
  // Checked in; after a change that is meant: `vitest run --update`.
  const found = `${JSON.stringify(divergences(results), null, 2)}\n`;
  await expect(found).toMatchFileSnapshot('../expected/ws-client.json');
});

test('the ws client keeps a limit of 64 KiB', async () => {
  const maxMessageSize = 65_536;
  const connect = (url: string): Promise<void> => connectWs(url, maxMessageSize);
  const results = await runClientCases({ connect, maxMessageSize, only: '7.4.1/' });
  expect(divergences(results)).toEqual([]);
});
