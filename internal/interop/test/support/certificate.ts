import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A self-signed certificate of localhost that exists for these tests alone; valid until 2120. */
export const certificate = pem('localhost.cert.pem');
export const key = pem('localhost.key.pem');

/** The same as files. */
export const certificatePath = pathOf('localhost.cert.pem');
export const keyPath = pathOf('localhost.key.pem');

function pem(name: string): string {
  return readFileSync(pathOf(name), 'utf8');
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../certificate/${name}`, import.meta.url));
}
