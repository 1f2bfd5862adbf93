import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from '../../src/pages.js';
import { Performance } from '../../src/performance.js';
import { planOf, type Step } from '../../src/plan.js';
import { Workshop } from '../../src/workshop.js';

/** Does what the pages say, step by step, a test each. */
export function performPages(pages: readonly Page[]): void {
  for (const page of pages.filter(({ blocks }) => planOf(blocks).length > 0)) {
    describe(page.path, () => {
      perform(page);
    });
  }
}

function perform({ blocks }: Page): void {
  let workshop: Workshop;
  let performance: Performance;
  beforeAll(async () => {
    workshop = await Workshop.open();
    performance = new Performance(workshop);
  });
  afterAll(async () => {
    performance.stop();
    await workshop.close();
  });

  for (const step of planOf(blocks)) {
    test(titleOf(step), async (context) => {
      if (step.kind === 'skip') context.skip(step.reason);
      else expect(await performance[step.kind](step)).toBe(step.file);
    });
  }
}

function titleOf(step: Step): string {
  const place = `line ${step.block.line}`;
  switch (step.kind) {
    case 'skip':
      return `${place}: does not run alone`;
    case 'write':
      return `${place}: ${step.file} is for others to import`;
    case 'serve':
      return `${place}: ${step.file} listens`;
    case 'run':
      return `${place}: ${step.file} runs, and prints what it says`;
    case 'end':
      return `${place}: ${step.file} ends on SIGTERM`;
  }
}
