import { describe, expect, test } from 'vitest';

import { readCorpus } from '../src/corpus.mjs';
import { fuzz, type Target } from '../src/fuzz.mjs';
import { targets } from '../src/targets.mjs';

/** In CI: as many as take a second or two. */
const INPUTS = 1200;

test.each(targets.map((target) => [target.name, target] as const))(
  '%s: seeds and a short hunt break no law',
  async (_, target) => {
    const report = await fuzz(target, { seed: 20_260_101, isOver: (inputs) => inputs >= INPUTS });
    const found = report.findings.map(({ error, command }) => `${error.message}\n${command}`);
    expect(found).toEqual([]);
    expect(report.inputs).toBe(INPUTS);
    expect(report.words).toBeGreaterThan(readCorpus(target.name).length / 2);
  },
);

describe('the hunt itself', () => {
  /** Breaks as soon as the first byte of a seed was changed. */
  const brittle: Target = {
    name: 'frames',
    judge(input) {
      if ((input[0] ?? 0) > 15) throw new Error(`first byte ${String(input[0])}`);
      return String(input.length);
    },
  };
  const hunt = async (seed: number) => {
    const kept: string[] = [];
    const keep = (input: Buffer): string => kept.push(input.toString('hex')).toString();
    const report = await fuzz(brittle, { seed, isOver: (inputs) => inputs >= 3000, keep });
    return { kept, report };
  };

  test('finds what is there, keeps it, and stops at ten', async () => {
    const { kept, report } = await hunt(1);
    expect(report.findings).toHaveLength(10);
    expect(kept).toHaveLength(10);
  });

  test('goes the same way for the same seed, and another for another', async () => {
    const [one, again, other] = await Promise.all([hunt(1), hunt(1), hunt(2)]);
    expect(again.kept).toEqual(one.kept);
    expect(other.kept).not.toEqual(one.kept);
  });

  test('judges an input alike every time', async () => {
    for (const target of targets) {
      for (const { bytes } of readCorpus(target.name).slice(0, 10)) {
        const word = await target.judge(Buffer.from(bytes));
        expect(await target.judge(Buffer.from(bytes))).toBe(word);
      }
    }
  });
});
