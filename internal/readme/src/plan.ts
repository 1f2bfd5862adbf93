import type { CodeBlock } from './code-block.js';

/** Something to do with the code of a page. */
export interface Deed {
  /**
   * - `write`: for others to import
   * - `serve`: started, and left running for what follows
   * - `run`: to its end
   * - `end`: the running server is sent SIGTERM
   */
  readonly kind: 'write' | 'serve' | 'run' | 'end';
  readonly block: CodeBlock;
  readonly file: string;
}

/** Code that cannot run alone, and why. */
export interface Omission {
  readonly kind: 'skip';
  readonly block: CodeBlock;
  readonly reason: string;
}

export type Step = Deed | Omission;

/** What programs read, beside modules. */
const ASSETS: readonly string[] = ['html', 'css', 'json'];

/**
 * A block for a file whose name begins with `server` is a server, which runs until the next one; with `client`, a program
 * that runs to its end beside it; with anything else, a module for the others. A block without a name is a program, too.
 * A page or the like with a name is written for the programs to read.
 */
export function planOf(blocks: readonly CodeBlock[]): Step[] {
  const steps: Step[] = [];
  let end: Deed | undefined;
  for (const block of blocks.filter(isInPlan)) {
    const step = stepOf(block);
    if (step.kind === 'serve') {
      if (end !== undefined) steps.push(end);
      end = { ...step, kind: 'end' };
    }
    steps.push(step);
  }
  return end === undefined ? steps : [...steps, end];
}

function isInPlan({ language, file }: CodeBlock): boolean {
  return language === 'js' || (file !== undefined && ASSETS.includes(language));
}

function stepOf(block: CodeBlock): Step {
  const { file = `line-${block.line}.mjs`, reason, language } = block;
  if (reason !== undefined) return { kind: 'skip', block, reason };
  if (language !== 'js') return { kind: 'write', block, file };
  if (file.startsWith('server')) return { kind: 'serve', block, file };
  const isProgram = block.file === undefined || file.startsWith('client');
  return { kind: isProgram ? 'run' : 'write', block, file };
}
