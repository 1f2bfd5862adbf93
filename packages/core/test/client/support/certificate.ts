import { readFileSync } from 'node:fs';

type Name = 'localhost' | 'expired' | 'future' | 'elsewhere' | 'client';

/** A self-signed certificate that exists for these tests alone, with its key; valid until 2120 unless its name says otherwise. */
export function certificate(name: Name): { readonly cert: string; readonly key: string } {
  return { cert: read(`${name}.cert.pem`), key: read(`${name}.key.pem`) };
}

function read(file: string): string {
  return readFileSync(new URL(`certificates/${file}`, import.meta.url), 'utf8');
}
