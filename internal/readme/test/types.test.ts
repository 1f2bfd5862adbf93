import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkTypes } from '../src/check-types.js';
import { pages } from '../src/pages.js';
import { Workshop } from '../src/workshop.js';

const typed = pages().flatMap(({ path, blocks }) =>
  blocks
    .filter(({ language }) => language === 'ts')
    .map((block) => ({ ...block, place: `${path}, line ${block.line}` })),
);

let workshop: Workshop;
let complaints: readonly string[];

beforeAll(async () => {
  workshop = await Workshop.open();
  for (const { place, code } of typed) await workshop.write(fileOf(place), code);
  // Or a compiler that sees nothing would have nothing to say.
  await workshop.write('wrong.ts', "export const wrong: number = 'a string';\n");
  complaints = await checkTypes(workshop);
}, 60_000);
afterAll(() => workshop.close());

test('the compiler looks at the blocks', () => {
  expect(complaints.filter((line) => line.startsWith('wrong.ts'))).toHaveLength(1);
});

test.each(typed)('$place is correctly typed', ({ place }) => {
  expect(complaints.filter((line) => line.startsWith(fileOf(place)))).toEqual([]);
});

function fileOf(place: string): string {
  return `${place.replaceAll(/\W+/g, '-')}.ts`;
}
