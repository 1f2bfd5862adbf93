import { CaseFailure } from '../case-failure.js';
import type { CaseResult } from '../case.js';
import { CaseSkip, judgeCase } from '../judge-case.js';
import { isWanted } from '../run-options.js';
import type { RunningServer } from '../start-server.js';
import { floodCases, type FloodCase } from './flood-cases.js';
import { checkWait, GoodClient } from './good-client.js';
import { longMessage, manyConnections } from './attacks.js';
import { binary, text } from '../wire/frames.js';
import { MemoryWatch, residentMemory } from './resident-memory.js';

export interface FloodResult extends CaseResult {
  /** Bytes by which the server's resident memory grew at most. */
  readonly growth: number;
  /** The longest wait of a good client for its echo meanwhile, in milliseconds. */
  readonly slowest: number;
}

export interface FloodRunOptions {
  /** Starts the plainest echo server in a process of its own, with a limit of at least 1 MiB a message. */
  readonly start: () => Promise<RunningServer>;
  /** Only cases whose id contains this, or matches it. */
  readonly only?: string | RegExp;
  /**
   * Milliseconds that a good client may wait for an echo while others attack.
   * @default 1_000
   */
  readonly mostWait?: number;
  readonly onResult?: (result: FloodResult) => void;
}

/** Attacks servers one after another, each case a fresh one, and watches their memory. */
export async function runFloodCases(options: FloodRunOptions): Promise<FloodResult[]> {
  const { start, only, mostWait = 1_000, onResult = () => {} } = options;
  const results: FloodResult[] = [];
  for (const one of floodCases.filter((flood) => isWanted(flood, only))) {
    const measured = { growth: 0, slowest: 0 };
    const result = await judgeCase(one, async () => {
      Object.assign(measured, await attack(one, await start()));
      checkWait(measured.slowest, mostWait);
      checkGrowth(measured.growth, one.growth);
    });
    results.push({ ...result, ...measured });
    onResult(results.at(-1)!);
  }
  return results;
}

async function attack(
  one: FloodCase,
  server: RunningServer,
): Promise<{ growth: number; slowest: number }> {
  try {
    const measured = await measure(one, new URL(server.url), server.pid);
    checkEnd(await server.stop());
    return measured;
  } finally {
    await server.stop();
  }
}

async function measure(
  one: FloodCase,
  url: URL,
  pid: number,
): Promise<{ growth: number; slowest: number }> {
  if (residentMemory(pid) === undefined) {
    throw new CaseSkip('this system does not tell resident memory');
  }
  await warmUp(url);
  const good = new GoodClient(url);
  const memory = new MemoryWatch(pid);
  try {
    await one.attack(url);
    return { growth: memory.stop(), slowest: await good.stop() };
  } finally {
    memory.stop();
    good.leave();
  }
}

function checkEnd({ crashed, stderr }: { crashed: boolean; stderr: string }): void {
  if (crashed) throw new CaseFailure(`the server has crashed: ${stderr.slice(0, 200)}`);
}

/** Everything that an ordinary server has done before, so that code and buffers are there when growth is measured. */
async function warmUp(url: URL): Promise<void> {
  await longMessage(url, 'a', 1_000);
  const messages = Array.from({ length: 500 }, (nothing, index) => text(`message ${index}`));
  await manyConnections(url, 20, ...messages, binary(Buffer.alloc(100_000)));
}

function checkGrowth(growth: number, most: number): void {
  if (growth > most) {
    throw new CaseFailure(
      `the server grew by ${inMib(growth)} MiB, at most ${inMib(most)} expected`,
    );
  }
}

export function inMib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
