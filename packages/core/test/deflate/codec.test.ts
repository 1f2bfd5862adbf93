import { describe, expect, test } from 'vitest';

import { createCodec } from '../../src/deflate/codec.js';
import { compressionDefaults } from '../../src/deflate/compression-options.js';
import { referenceInflate } from './support/reference-inflate.js';

const message = Buffer.from('a message of which both ends make something, again and again');

const agreed = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 8,
};

describe('both ends hold to what was agreed', () => {
  test.each(['server', 'client'] as const)('messages of the %s', async (role) => {
    const own = createCodec(agreed, role, compressionDefaults);
    const peer = createCodec(agreed, role === 'server' ? 'client' : 'server', compressionDefaults);
    for (let index = 0; index < 3; index += 1) {
      const compressed = await own.deflater.deflate(message);
      expect(await peer.inflater.inflate(compressed, 1000)).toEqual(message);
    }
  });

  test('the server’s messages stand alone, the client’s do not', async () => {
    const server = createCodec(agreed, 'server', compressionDefaults).deflater;
    const client = createCodec(agreed, 'client', compressionDefaults).deflater;
    await server.deflate(message);
    await client.deflate(message);
    expect(referenceInflate(await server.deflate(message)).message).toEqual(message);
    expect((await client.deflate(message)).length).toBeLessThan(10);
  });

  test('only what may refer back keeps a window', async () => {
    const server = createCodec(agreed, 'server', compressionDefaults);
    const client = createCodec(agreed, 'client', compressionDefaults);
    await client.inflater.inflate(await server.deflater.deflate(message), 1000);
    await server.inflater.inflate(await client.deflater.deflate(message), 1000);
    expect([server.deflater.heldBytes, client.inflater.heldBytes]).toEqual([0, 0]);
    expect(server.inflater.heldBytes).toBe(256);
    expect(client.deflater.heldBytes).toBeGreaterThan(0);
  });
});

test('knows from what size on a message is compressed', () => {
  const settings = { ...compressionDefaults, threshold: 17 };
  expect(createCodec(agreed, 'server', settings).threshold).toBe(17);
});

describe('memory of a connection with takeover both ways', () => {
  const everything = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };

  async function heldAfter(messages: readonly Buffer[]): Promise<number> {
    const server = createCodec(everything, 'server', compressionDefaults);
    const client = createCodec(everything, 'client', compressionDefaults);
    for (const each of messages) {
      const received = await server.inflater.inflate(await client.deflater.deflate(each), 2 ** 21);
      await server.deflater.deflate(received);
    }
    return server.deflater.heldBytes + server.inflater.heldBytes;
  }

  test('is nothing before the first message', async () => {
    expect(await heldAfter([])).toBe(0);
  });

  test('is 6 KiB after one message of 2 KiB each way', async () => {
    expect(await heldAfter([Buffer.alloc(2048, message)])).toBe(6144);
  });

  test('is 56 KiB after one of 1 MiB, and 72 KiB when small ones follow', async () => {
    const large = Buffer.alloc(1_048_576, message);
    expect(await heldAfter([large])).toBe(57_344);
    expect(await heldAfter([large, message, Buffer.alloc(2048, message)])).toBe(73_728);
  });
});
