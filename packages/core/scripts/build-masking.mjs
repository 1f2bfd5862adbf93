// `pnpm --filter @postern/core build:masking`: masking-module.ts out of masking.wat. A test holds the two together.
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import createWabt from 'wabt';

const text = fileURLToPath(new URL('../src/protocol/masking.wat', import.meta.url));
const target = fileURLToPath(new URL('../src/protocol/masking-module.ts', import.meta.url));

/** The bytes of the module, in base64. */
export async function compileMasking() {
  const wabt = await createWabt();
  const module = wabt.parseWat('masking.wat', readFileSync(text, 'utf8'), { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  return Buffer.from(buffer).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(
    target,
    '/** `masking.wat`, compiled by `scripts/build-masking.mjs`, in base64. */\n' +
      `export const MASKING_MODULE =\n  '${await compileMasking()}';\n`,
  );
}
