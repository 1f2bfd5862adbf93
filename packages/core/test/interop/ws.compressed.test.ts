import { describe, expect, test } from 'vitest';
import { type PerMessageDeflateOptions } from 'ws';

import type { CompressionOptions } from '../../src/deflate/compression-options.js';
import { meetings, sameMessage } from './support/meetings.js';

describe.each(meetings)('%s, compressed', (_, meet) => {
  const text = 'compressible, '.repeat(2_000);
  const noise = Buffer.from(Array.from({ length: 20_000 }, (unused, index) => index ** 3 % 255));

  const agreements: readonly (readonly [
    string,
    CompressionOptions | true,
    PerMessageDeflateOptions,
  ])[] = [
    ['as both do by default', true, {}],
    ['by zlib alone', { codec: 'zlib' }, { threshold: 0 }],
    [
      'each message by itself',
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
    [
      'with small windows',
      { serverMaxWindowBits: 10, clientMaxWindowBits: 10 },
      { serverMaxWindowBits: 10, clientMaxWindowBits: 10 },
    ],
    ['as hard as can be', { level: 9, memLevel: 9 }, { zlibDeflateOptions: { level: 9 } }],
  ];

  test.each(agreements)(
    '%s: messages go both ways',
    async (how, compression, perMessageDeflate) => {
      const { ours, theirs } = await meet({ ours: { compression }, theirs: { perMessageDeflate } });
      expect(theirs.socket.extensions).toContain('permessage-deflate');
      const messages = [text, '', 'short', noise, text, Buffer.alloc(0), 'é😀'.repeat(500), text];
      for (const message of messages) theirs.socket.send(message);
      for (const message of messages) expect(sameMessage(await ours.read(), message)).toBe(true);
      for (const message of messages) await ours.write(message);
      for (const message of messages) expect(sameMessage(await theirs.next(), message)).toBe(true);
      await ours.close();
      expect((await theirs.ended).code).toBe(1000);
    },
  );

  test('fragments, and messages that go uncompressed, in between', async () => {
    const { ours, theirs } = await meet({
      ours: { compression: true },
      theirs: { perMessageDeflate: { threshold: 0 } },
    });
    theirs.fragments([text, text, 'end']);
    theirs.socket.send(text, { compress: false });
    theirs.socket.send(text);
    expect((await ours.read()) === `${text}${text}end`).toBe(true);
    expect((await ours.read()) === text).toBe(true);
    expect((await ours.read()) === text).toBe(true);
    await ours.write(text);
    await ours.write(text, { compress: false });
    await ours.write(text);
    for (let count = 0; count < 3; count += 1) expect((await theirs.next()) === text).toBe(true);
  });

  test('a bomb over our limit: 1009', async () => {
    const { ours, theirs } = await meet({
      ours: { compression: true, maxMessageSize: 100_000 },
      theirs: { perMessageDeflate: true },
    });
    theirs.socket.send(Buffer.alloc(50 << 20));
    expect(await ours.closed).toMatchObject({ code: 1009, initiator: 'local' });
    expect((await theirs.ended).code).toBe(1009);
  });

  test('where only one of them would, nothing is compressed', async () => {
    const { ours, theirs } = await meet({
      ours: { compression: true },
      theirs: { perMessageDeflate: false },
    });
    expect(theirs.socket.extensions).toBe('');
    theirs.socket.send(text);
    expect((await ours.read()) === text).toBe(true);
  });
});
