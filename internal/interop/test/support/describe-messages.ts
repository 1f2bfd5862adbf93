import type { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { echoesOf, echoOf } from './echo.js';
import type { Meet } from './encounter.js';
import { MEBIBYTE, noise, record, repetition, shown } from './payloads.js';
import type { Skills } from './peer.js';

const texts: readonly string[] = [
  '',
  'Hello',
  'Grüße, 你好, 👋🏽',
  'x'.repeat(125),
  'x'.repeat(126),
  'é'.repeat(32_768),
];
const sizes: readonly number[] = [0, 1, 125, 126, 65_535, 65_536, MEBIBYTE];

export function describeMessages(meet: Meet, skills: Skills): void {
  const bytesOf = bytesFor(skills);
  const least = skills.neverEmpty ? 1 : 0;

  describe('messages', () => {
    test.each(texts.filter(({ length }) => length >= least))('text: %.20s', async (text) => {
      const { ws } = await meet();
      expect(await echoOf(ws, text)).toBe(text);
    });

    test.each(sizes.filter((size) => size >= least))('%i bytes', async (size) => {
      const { ws } = await meet();
      const bytes = bytesOf(size);
      expect(bytes.equals((await echoOf(ws, bytes)) as Buffer)).toBe(true);
    });

    test('a mebibyte of text', async () => {
      const { ws } = await meet();
      const text = 'äbc '.repeat(MEBIBYTE / 5);
      expect((await echoOf(ws, text)) === text).toBe(true);
    });

    test('a thousand small ones, in order', async () => {
      const { ws } = await meet();
      const sent = Array.from({ length: 1000 }, (...[, index]) =>
        index % 3 === 0 ? bytesOf(index + least) : index % 3 === 1 ? `no. ${index}` : record(index),
      );
      expect(shown(await echoesOf(ws, sent))).toEqual(shown(sent));
    });
  });
}

export function testBulk(meet: Meet, skills: Skills): void {
  test('four mebibytes both ways at once arrive whole', async () => {
    const { ws } = await meet();
    const bytesOf = bytesFor(skills);
    const sent = Array.from({ length: 64 }, (...[, index]) => bytesOf(65_536 + index));
    expect(shown(await echoesOf(ws, sent))).toEqual(shown(sent));
  });
}

export function testFragments(meet: Meet): void {
  test('their fragments become one message', async () => {
    const { ws } = await meet();
    expect(await echoOf(ws, '!fragments')).toBe('fragmented');
    expect(await echoOf(ws, 'after')).toBe('after');
  });
}

export function testPings(meet: Meet): void {
  test('we answer their pings', async () => {
    const { ws } = await meet();
    expect(await echoOf(ws, '!ping')).toBe('!pong');
  });
}

export function bytesFor({ neverNoise }: Skills): (size: number) => Buffer {
  return neverNoise ? repetition : noise;
}
