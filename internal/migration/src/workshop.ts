import { mkdir, mkdtemp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const programs = fileURLToPath(new URL('../programs/', import.meta.url));

/** A folder for programs of a page; inside this package, so that what they import is found. */
export async function openWorkshop(): Promise<string> {
  await mkdir(programs, { recursive: true });
  return mkdtemp(programs);
}
