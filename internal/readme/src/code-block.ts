/** A fenced block of code in a Markdown file. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Of the fence, counted from 1. */
  readonly line: number;
  /** The file that the text before it names. */
  readonly file: string | undefined;
  /** Why it cannot run alone, as the text before it says. */
  readonly reason: string | undefined;
}

const FENCE = /^```(\w*)$/;

/** A line with nothing but the name: `server.mjs`, in backticks, and a colon. */
const NAME = /^`([\w.-]+)`:$/;
const MARK = /^<!-- not run: (.+) -->$/;

/**
 * The blocks of a Markdown page, in order.
 * @throws {Error} when a fence is not closed.
 */
export function codeBlocksOf(markdown: string): CodeBlock[] {
  const lines = markdown.split('\n');
  const blocks: CodeBlock[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const [, language] = FENCE.exec(lines[index]!) ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf('```', index + 1);
    if (end === -1) throw new Error(`line ${index + 1}: the fence is not closed`);
    const code = `${lines.slice(index + 1, end).join('\n')}\n`;
    blocks.push({ language, code, line: index + 1, ...announced(lines, index) });
    index = end;
  }
  return blocks;
}

/** What the lines right before a block say of it. */
function announced(lines: readonly string[], fence: number): Pick<CodeBlock, 'file' | 'reason'> {
  let file: string | undefined;
  let reason: string | undefined;
  for (let index = fence - 1; index >= 0; index -= 1) {
    const line = lines[index]!;
    if (line === '') continue;
    const [, name] = NAME.exec(line) ?? [];
    const [, mark] = MARK.exec(line) ?? [];
    if (name === undefined && mark === undefined) break;
    file ??= name;
    reason ??= mark;
  }
  return { file, reason };
}
