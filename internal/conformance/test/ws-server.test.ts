import { expect, test } from 'vitest';
import { divergences } from '../src/divergences.js';
import { driveServer } from './support/drive-server.js';
import { serverScript } from './support/server-script.js';

const script = serverScript('ws-echo');

test('the ws server differs from the cases exactly as it is known to', async () => {
  const maxMessageSize = 32 * 2 ** 20;
  const args = ['--max-message-size', String(maxMessageSize)];
  const results = await driveServer({ script, args, maxMessageSize, concurrency: 64 });
  // Checked in; after a change that is meant: `vitest run --update`.
  const found = `${JSON.stringify(divergences(results), null, 2)}\n`;
  await expect(found).toMatchFileSnapshot('../expected/ws-server.json');
});

test('the ws server keeps a limit of 64 KiB', async () => {
  const maxMessageSize = 65_536;
  const args = ['--max-message-size', String(maxMessageSize)];
  const results = await driveServer({ script, args, maxMessageSize, only: '7.4.1/' });
  expect(divergences(results)).toEqual([]);
});
