import { readFileSync } from 'node:fs';

/** The divergences that are known of a peer. */
export function expected(name: string): string[] {
  const url = new URL(`../../expected/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as string[];
}
