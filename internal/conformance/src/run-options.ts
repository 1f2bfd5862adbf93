import type { CaseHead, CaseResult } from './case.js';

/** What both runners understand. */
export interface RunOptions {
  /**
   * Largest message that the peer under test accepts, in bytes; larger cases are skipped.
   * @default 1_048_576
   */
  readonly maxMessageSize?: number;
  /** Only cases whose id contains this, or matches it. */
  readonly only?: string | RegExp;
  /**
   * Cases that run at the same time.
   * @default 16
   */
  readonly concurrency?: number;
  /**
   * Milliseconds of silence after which what a case waits for is missing; cases that move megabytes get a multiple.
   * @default 3_000
   */
  readonly timeout?: number;
  /** Hears of every result as it comes. */
  readonly onResult?: (result: CaseResult) => void;
}

export type ResolvedRunOptions = Required<Omit<RunOptions, 'only'>> & {
  readonly only: RunOptions['only'] | undefined;
};

export function resolveRunOptions(options: RunOptions): ResolvedRunOptions {
  const {
    maxMessageSize = 1_048_576,
    concurrency = 16,
    timeout = 3_000,
    onResult = () => {},
  } = options;
  return { maxMessageSize, concurrency, timeout, onResult, only: options.only };
}

/** Whether `only` lets this case through. */
export function isWanted({ id }: CaseHead, only: string | RegExp | undefined): boolean {
  if (only === undefined) return true;
  return typeof only === 'string' ? id.includes(only) : only.test(id);
}

/** Cases that move so many bytes that they would hold up the others. */
export function isHeavy(one: CaseHead & { readonly patience?: number }): boolean {
  return (one.patience ?? 1) > 1;
}
