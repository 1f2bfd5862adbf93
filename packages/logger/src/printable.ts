/** Controls, marks that change the direction of text or hide in it, lone surrogates, and other ends of lines than `\n`. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text from outside, fit for one line of a log: nobody can forge a line with it, or tell the terminal something. At most
 * `limit` UTF-16 units of it are shown.
 */
export function printable(text: string, limit = Infinity): string {
  const shown = text.length > limit ? `${text.slice(0, limit)}...` : text;
  return shown.replace(UNPRINTABLE, escaped);
}

/** The same for text of several lines; what comes after a line's end is indented, so that no line looks like a new one. */
export function printableLines(text: string, indent: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => printable(line))
    .join(`\n${indent}`);
}

function escaped(character: string): string {
  return SHORT[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
