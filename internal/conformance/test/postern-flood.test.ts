import { expect, test } from 'vitest';
import { divergences, skipReasons } from '../src/divergences.js';
import { runFloodCases } from '../src/flood/run-flood-cases.js';
import { startServer } from '../src/start-server.js';
import { serverScript } from './support/server-script.js';

test('the plainest echo server keeps its memory and its other clients through every flood', async () => {
  const start = () => startServer(serverScript('postern-echo'));
  const results = await runFloodCases({ start, mostWait: 2_000 });
  for (const reason of skipReasons(results)) console.log(reason);
  expect(divergences(results)).toEqual([]);
});
