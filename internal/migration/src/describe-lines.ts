import { describe, expect, test } from 'vitest';
import { pageNamed, type Row } from './page.js';
import { runLine, type Scope } from './run-line.js';

/** The two sides of a row, each to be run with what it needs to know. */
export interface Line {
  /** The left-hand side, for a program. */
  readonly theirCode: string;
  readonly theirs: (scope: Scope, declared?: readonly string[]) => Promise<unknown>;
  readonly ours: (scope: Scope, declared?: readonly string[]) => Promise<unknown>;
}

/** Shows that a row is right. */
export type Proof = (line: Line) => Promise<void>;

/** By our line. */
export type Proofs = Readonly<Record<string, Proof>>;

/** Runs every right-hand line of a page's tables, and whatever of the left-hand ones its proof wants. */
export function describeLines(name: string, proofs: Proofs): void {
  const { rows } = pageNamed(name);
  describe(`docs/migration/${name}.md`, () => {
    test('has a proof for each line, and a line for each proof', () => {
      expect(Object.keys(proofs)).toEqual(rows.map(({ ours }) => ours));
    });

    for (const row of rows) {
      test(row.ours, async () => {
        let ran = false;
        const line = lineOf(row, () => (ran = true));
        await proofs[row.ours]!(line);
        expect(ran, 'our line was run').toBe(true);
      });
    }
  });
}

function lineOf({ theirs = '', ours }: Row, onRun: () => void): Line {
  return {
    theirCode: theirs,
    theirs: (scope, declared) => runLine(theirs, scope, declared),
    ours: (scope, declared) => {
      onRun();
      return runLine(ours, scope, declared);
    },
  };
}
