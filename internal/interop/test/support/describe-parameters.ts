import type { ConnectionOptions } from '@postern/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { echoesOf } from './echo.js';
import type { Encounter } from './encounter.js';
import { record, repetition, shown } from './payloads.js';
import type { Skills } from './peer.js';

export type CompressionOptions = Exclude<ConnectionOptions['compression'], boolean | undefined>;

const parameters: readonly CompressionOptions[] = [
  { serverNoContextTakeover: true },
  { clientNoContextTakeover: true },
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
  { serverMaxWindowBits: 9 },
  { clientMaxWindowBits: 9 },
  { serverMaxWindowBits: 10, clientMaxWindowBits: 12, serverNoContextTakeover: true },
  { codec: 'zlib', memLevel: 1, level: 9 },
];

/** The parameters of RFC 7692, section 7.1, as we ask for them. `meet` brings about a connection with these. */
export function describeParameters(
  meet: (compression: CompressionOptions) => Promise<Encounter>,
  { compressed }: Skills,
): void {
  const own = typeof compressed?.compression === 'object' ? compressed.compression : {};

  describe('deflate parameters', () => {
    test.each(parameters)('%j', async (compression) => {
      const { ws, ending } = await meet({ ...own, ...compression });
      onTestFinished(() => ws.terminate());
      const records = Array.from({ length: 100 }, (...[, index]) => record(index));
      const sent = [...records, repetition(100_000), ...records];
      expect(shown(await echoesOf(ws, sent))).toEqual(shown(sent));
      expect(await ws.close()).toMatchObject({ code: 1000, wasClean: true });
      expect(await ending).toMatchObject({ code: 1000 });
    });
  });
}
