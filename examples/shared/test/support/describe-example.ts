import { browserAvailable } from '@postern/browser';
import { afterAll, beforeAll, describe } from 'vitest';
import { testInChromium } from './chromium-tests.js';
import { ExampleProcess } from './example-process.js';
import { testAsProgram } from './program-tests.js';
import { testStartAndEnd } from './start-and-end-tests.js';

/** All that an example must do, whichever framework it is written for. `program` is its `server.mjs`. */
export function describeExample(framework: string, program: URL): void {
  describe(`the example for ${framework}`, () => {
    let example: ExampleProcess;
    beforeAll(async () => {
      example = await ExampleProcess.start(program);
    });
    afterAll(() => example.kill());

    testAsProgram(() => example);
    describe.skipIf(!browserAvailable('chromium'))('in Chromium', { timeout: 30_000 }, () => {
      testInChromium(() => example, program);
    });
  });

  describe(`the process of the example for ${framework}`, () => {
    testStartAndEnd(program);
  });
}
