import { writeFileSync } from 'node:fs';

/**
 * A vitest reporter that writes what the test run adds up: `{ passed, failed, skipped }`, the last with names and reasons.
 * What fails outside of a test (a file that cannot be loaded, a hook, an unhandled rejection) counts as one failure each.
 */
export default class CountReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const counts = {
      passed: 0,
      failed: unhandledErrors.length,
      skipped: /** @type {object[]} */ ([]),
    };
    for (const module of modules) countModule(module, counts);
    const file = process.env.POSTERN_COUNTS;
    if (file) writeFileSync(file, JSON.stringify(counts));
  }
}

/**
 * @param {import('vitest/node').TestModule} module
 * @param {{ passed: number, failed: number, skipped: object[] }} counts
 */
function countModule(module, counts) {
  if (module.errors().length > 0) counts.failed++;
  for (const suite of module.children.allSuites()) {
    if (suite.errors().length > 0) counts.failed++;
  }
  for (const test of module.children.allTests()) {
    const result = test.result();
    if (result.state === 'passed') counts.passed++;
    else if (result.state === 'skipped')
      counts.skipped.push({ name: test.fullName, reason: result.note });
    else counts.failed++;
  }
}
