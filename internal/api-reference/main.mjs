// Writes docs/api. See README.md.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiReference } from './src/api-reference.mjs';
import { root } from './src/doors.mjs';

const folder = join(root, 'docs/api');
const pages = await apiReference();
await mkdir(folder, { recursive: true });
for (const name of await readdir(folder)) if (!pages.has(name)) await rm(join(folder, name));
for (const [name, text] of pages) await writeFile(join(folder, name), text);
console.log(`${pages.size} pages in docs/api`);
