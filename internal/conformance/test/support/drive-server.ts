import { expect } from 'vitest';
import type { CaseResult } from '../../src/case.js';
import { skipReasons } from '../../src/divergences.js';
import { runServerCases, type ServerRunOptions } from '../../src/run-server-cases.js';
import { startServer } from '../../src/start-server.js';

type Options = Omit<ServerRunOptions, 'url'> & {
  readonly script: string;
  readonly args?: string[];
};

/** Starts a server, drives it, and makes sure that it neither crashed nor complained. */
export async function driveServer({
  script,
  args = [],
  ...options
}: Options): Promise<CaseResult[]> {
  const { url, stop } = await startServer(script, args);
  try {
    const results = await runServerCases({ url, ...options });
    for (const reason of skipReasons(results)) console.log(reason);
    return results;
  } finally {
    expect(await stop()).toEqual({ crashed: false, stderr: '' });
  }
}
