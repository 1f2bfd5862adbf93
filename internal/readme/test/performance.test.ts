import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CodeBlock } from '../src/code-block.js';
import { Performance } from '../src/performance.js';
import type { Deed } from '../src/plan.js';
import { Workshop } from '../src/workshop.js';

let workshop: Workshop;
let performance: Performance;
beforeEach(async () => {
  workshop = await Workshop.open();
  performance = new Performance(workshop);
});
afterEach(async () => {
  performance.stop();
  await workshop.close();
});

function deed(kind: Deed['kind'], code: string): Deed {
  const block: CodeBlock = { language: 'js', code, line: 1, file: undefined, reason: undefined };
  return { kind, block, file: `${kind}.mjs` };
}

const listening = "import { createServer } from 'node:http';\nconst server = createServer();\n";

test('is content with a program that prints what it says, among other things', async () => {
  const code = "console.log(1);\nconsole.log('a b'); // a b\nconsole.log('c'); // c\n";
  expect(await performance.run(deed('run', code))).toBe('run.mjs');
});

test.each([
  ['prints something else', 'console.log(1); // 2\n', "expected it to print '2'"],
  ['prints only part of it', 'console.log(22); // 2\n', "expected it to print '2'"],
  ['throws', "throw new Error('no');\n", 'it ended with 1'],
  ['warns', "process.emitWarning('well');\n", 'expected nothing on stderr'],
  ['has a mistake', 'const;\n', 'it ended with 1'],
])('is not content with a program that %s', async (_, code, message) => {
  await expect(performance.run(deed('run', code))).rejects.toThrow(message);
});

test('gives a server a free port in place of 8080, and its client the same', async () => {
  await performance.serve(deed('serve', `${listening}server.listen(8080);\n`));
  const client =
    "connect(8080, 'localhost', () => { console.log('in'); process.exit(); }); // in\n";
  const code = `import { connect } from 'node:net';\n${client}`;
  expect(await performance.run(deed('run', code))).toBe('run.mjs');
  expect(await performance.end(deed('end', ''))).toBe('end.mjs');
});

test('tells of a server that ends before it listens', async () => {
  const starting = performance.serve(deed('serve', "throw new Error('no port');\n"));
  await expect(starting).rejects.toThrow('no port');
});

test('wants a server that speaks of SIGTERM to end with 0', async () => {
  const code = `${listening}server.listen(8080);\nprocess.on('SIGTERM', () => process.exit(3));\n`;
  await performance.serve(deed('serve', code));
  await expect(performance.end(deed('end', code))).rejects.toThrow('ended with 3');
});
