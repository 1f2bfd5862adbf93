import { expect, test, vi } from 'vitest';

import { printError } from '../../src/connection/print-error.js';
import { rawPeer, text } from './support/raw-peer.js';
import { MemoryStream } from './support/memory-stream.js';
import { turns } from './support/turns.js';
import { WebSocket } from '../../src/connection/web-socket.js';

test('prints the error with its stack and causes to stderr', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  printError(new Error('of the user', { cause: new TypeError('underneath') }));
  const printed = String(write.mock.calls[0]![0]);
  write.mockRestore();
  expect(printed).toContain('Error: of the user');
  expect(printed).toContain('print-error.test.ts');
  expect(printed).toContain('[cause]: TypeError: underneath');
  expect(printed.endsWith('\n')).toBe(true);
});

test('is what onError does unless told otherwise', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const stream = new MemoryStream();
  const ws = WebSocket.over(stream, { role: 'server' });
  void ws.listen(() => {
    throw new Error('of the listener');
  });
  stream.feed(rawPeer({ role: 'server' }).bytesOf(text('x')));
  await turns();
  const printed = write.mock.calls.map(([line]) => String(line)).join('');
  write.mockRestore();
  expect(printed).toContain('Error: of the listener');
});
