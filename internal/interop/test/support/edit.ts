/** A text that must be there, and what to put in its place. */
export type Edit = readonly [found: string, wanted: string];

/** @throws {Error} when one of the texts is not there: the file has changed, and the test with it must. */
export function edit(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const [found, wanted] of edits) {
    if (!result.includes(found)) throw new Error(`there is no "${found}" in the configuration`);
    result = result.replaceAll(found, wanted);
  }
  return result;
}
