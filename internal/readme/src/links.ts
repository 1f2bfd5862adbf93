const FENCED = /^```[^]*?^```$/gm;
const CODE = /`[^`\n]*`/g;
const LINK = /\]\(([^)\s]+)\)/g;

/** Where a Markdown page leads. */
export function linksOf(markdown: string): string[] {
  const prose = markdown.replaceAll(FENCED, '').replaceAll(CODE, 'code');
  return [...prose.matchAll(LINK)].map(([, link]) => link!);
}

/** The anchors that the headings of a page get where Markdown is shown: a second one of the same name gets a number. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, title] of markdown.replaceAll(FENCED, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = slug(title!);
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
