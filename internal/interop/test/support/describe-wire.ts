import { describe, expect, test } from 'vitest';
import { echoesOf } from './echo.js';
import type { Meet } from './encounter.js';
import { MEBIBYTE, record, shown } from './payloads.js';
import type { Skills } from './peer.js';

/** That messages are compressed, judged by the bytes on the wire. */
export function describeCompressed(meet: Meet, { onlyInflates = false }: Skills): void {
  describe('on the wire', () => {
    test('much of the same is compressed', async () => {
      const { sent, received } = await cost(meet, ['all work, no play; '.repeat(MEBIBYTE / 20)]);
      expect(sent).toBeLessThan(0.02);
      if (!onlyInflates) expect(received).toBeLessThan(0.02);
    });

    test('small messages are compressed by what was in those before', async () => {
      const records = Array.from({ length: 200 }, (...[, index]) => record(index));
      const { sent, received } = await cost(meet, records);
      expect(sent).toBeLessThan(0.5);
      if (!onlyInflates) expect(received).toBeLessThan(0.5);
    });
  });
}

export function testPlain(meet: Meet): void {
  test('nothing is compressed', async () => {
    const { sent, received } = await cost(meet, ['all work and no play; '.repeat(10_000)]);
    expect(sent).toBeGreaterThan(1);
    expect(received).toBeGreaterThan(1);
  });
}

/** How many bytes on the wire each byte of text takes. */
async function cost(meet: Meet, texts: string[]): Promise<{ sent: number; received: number }> {
  const { ws, wire } = await meet();
  expect(shown(await echoesOf(ws, texts))).toEqual(shown(texts));
  const { sent, received } = wire();
  const { length } = texts.join('');
  return { sent: sent / length, received: received / length };
}
