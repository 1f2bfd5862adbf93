import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { formatResults, USUAL_WIDTH } from './format-results.mjs';
import { pictures } from './pictures.mjs';

/** @import { Results } from './results.mjs' */

/**
 * Writes `results.json`, what a terminal shows as `results.txt`, and the pictures.
 *
 * @param {Results} results
 * @param {string} folder made when it is not there
 */
export async function writeResults(results, folder) {
  mkdirSync(folder, { recursive: true });
  const json = await format(JSON.stringify(results), { parser: 'json', printWidth: 100 });
  writeFileSync(join(folder, 'results.json'), json);
  writeFileSync(join(folder, 'results.txt'), `${formatResults(results, USUAL_WIDTH)}\n`);
  for (const [name, draw] of pictures)
    writeFileSync(join(folder, `${name}.svg`), await draw(results));
}
