import type { ErrorFields } from './error-text.js';

/** For so long, in milliseconds, a stack is not repeated. */
const SPAN = 60_000;

/** So many are remembered; what fails in more ways than that is shown in full. */
const MOST = 100;

/** The same fault again and again has one stack: it is shown once a minute, and else referred to. */
export class RecentStacks {
  readonly #shown = new Map<string, { readonly at: number; readonly where: string }>();

  /** `err`, with a word of where its stack is in place of one that was shown already. */
  shorten(err: ErrorFields, connection: number | undefined): ErrorFields {
    const { stack } = err;
    const before = this.#shown.get(stack);
    const now = performance.now();
    if (before !== undefined && now - before.at < SPAN) {
      const [first = ''] = stack.split('\n');
      const short = `${first}\n    (the stack is that of ${before.where})`;
      return Object.assign(Object.create(null) as object, err, { stack: short });
    }
    this.#remember(stack, connection === undefined ? 'an earlier line' : `#${connection}`, now);
    return err;
  }

  #remember(stack: string, where: string, at: number): void {
    this.#shown.delete(stack);
    this.#shown.set(stack, { at, where });
    if (this.#shown.size > MOST) this.#shown.delete(this.#shown.keys().next().value!);
  }
}
