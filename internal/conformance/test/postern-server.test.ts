import { expect, test } from 'vitest';
import { divergences } from '../src/divergences.js';
import { driveServer } from './support/drive-server.js';
import { expected } from './support/expected.js';
import { serverScript } from './support/server-script.js';

const script = serverScript('postern-echo');
const raised = 32 * 2 ** 20;

test.each(['listen', 'iterate'])('the server passes every case, echoing by %s', async (style) => {
  const args = ['--style', style, '--max-message-size', String(raised)];
  const results = await driveServer({ script, args, maxMessageSize: raised });
  expect(divergences(results)).toEqual(expected('postern-server'));
});

test('the server keeps a limit of 64 KiB', async () => {
  const args = ['--max-message-size', '65536'];
  const results = await driveServer({ script, args, maxMessageSize: 65_536, only: '7.4.1/' });
  expect(divergences(results)).toEqual([]);
});

test('the server has a limit of 1 MiB by default', async () => {
  const results = await driveServer({ script, maxMessageSize: 1_048_576, only: '7.4.1/' });
  expect(divergences(results)).toEqual([]);
});
