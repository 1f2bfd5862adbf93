/** A row of a table in Markdown. */
export interface TableRow {
  readonly titles: readonly string[];
  readonly cells: readonly string[];
}

const RULE = /^\|( -+ \|)+$/;

/** The rows of all tables of a page, formatted as Prettier does. */
export function rowsOf(markdown: string): TableRow[] {
  const rows: TableRow[] = [];
  let titles: string[] | undefined;
  const lines = markdown.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('|')) titles = undefined;
    else if (RULE.test(line)) titles = cellsOf(lines[index - 1]!);
    else if (titles !== undefined) rows.push({ titles, cells: cellsOf(line) });
  }
  return rows;
}

/** A bar within a cell has a backslash before it. */
function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
