import { open } from '@postern/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { resolveTrafficOptions } from '../src/traffic-options.js';
import { TrafficSummary } from '../src/traffic-summary.js';
import { WebSocketLogger } from '../src/web-socket-logger.js';
import { json } from './support/capture.js';
import { client, echo, scene } from './support/traffic-scene.js';

const close = {
  code: 1000,
  reason: '',
  wasClean: true,
  initiator: 'peer',
  cause: undefined,
} as const;

describe('a summary', () => {
  test('says what happened, the most frequent first, and begins anew', () => {
    const summary = new TrafficSummary(3);
    for (let count = 0; count < 5; count += 1) {
      summary.accepted();
      summary.opened();
    }
    for (const status of [403, 401, 401]) summary.refused(status);
    summary.failed();
    for (const code of [1006, 1000, 1000, 1000]) summary.closed({ ...close, code });
    summary.erred();
    summary.message({ direction: 'received', size: 1000 } as never);
    summary.message({ direction: 'sent', size: 12 } as never);
    const line = summary.takeLine(true)!;
    expect(line.text.replace(/^in [\d.]+ ms/, 'in T')).toBe(
      'in T: 5 accepted, 3 refused (2 x 401, 1 x 403), 1 failed, 4 closed (3 x 1000, 1 x 1006), 1 error, received 1 (1.0 kB), sent 1 (12 B); 4 open, at most 8',
    );
    expect(line.details).toEqual({
      duration: expect.any(Number) as unknown,
      accepted: 5,
      refused: { 401: 2, 403: 1 },
      failed: 1,
      closed: { 1000: 3, 1006: 1 },
      errors: 1,
      received: { messages: 1, bytes: 1000 },
      sent: { messages: 1, bytes: 12 },
      open: 4,
      most: 8,
    });
    expect(summary.takeLine(true)).toBeUndefined();
    summary.closed(close);
    expect(summary.takeLine(true)!.text).toMatch(/: 1 closed \(1 x 1000\); 3 open, at most 4$/);
  });

  test('leaves out messages that were not counted, and says nothing of nothing', () => {
    const summary = new TrafficSummary(0);
    summary.message({ direction: 'sent', size: 12 } as never);
    expect(summary.takeLine(false)).toBeUndefined();
    summary.failed();
    expect(summary.takeLine(false)!.text).toMatch(/: 1 failed; 0 open$/);
  });

  test('does not count fewer than none', () => {
    const summary = new TrafficSummary(0);
    summary.closed(close);
    expect(summary.takeLine(false)!.text).toMatch(/; 0 open$/);
  });
});

describe('the log', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  const summaries = (lines: readonly string[]): string[] =>
    lines
      .filter((line) => line.includes(' in '))
      .map((line) => line.replace(/in [\d.]+ m?s/, 'in T'));

  test('has one after every span of time in which something happened; ten minutes by default', async () => {
    expect(resolveTrafficOptions({}).summary).toBe(600_000);
    const here = await scene(echo, { summary: 1000 }, { maxConnections: 1 });
    const ws = await client(here.server.url);
    await ws.write('hello');
    await ws.read();
    await open(here.server.url).catch(() => {});
    vi.advanceTimersByTime(1000);
    vi.advanceTimersByTime(1000);
    expect(summaries(here.lines)).toEqual([
      'WSLOG: in T: 1 accepted, 1 refused (1 x 503), received 1 (5 B), sent 1 (5 B); 1 open',
    ]);
  });

  test('has none with summary: 0 or Infinity, nor after its end', async () => {
    const zero = await scene(echo, { summary: 0 });
    const never = await scene(echo, { summary: Infinity });
    const ended = await scene(echo, { summary: 1000 });
    for (const { server } of [zero, never, ended]) await client(server.url);
    ended.stop();
    vi.advanceTimersByTime(3_600_000);
    expect([zero, never, ended].flatMap(({ lines }) => summaries(lines))).toEqual([]);
  });

  test('tells no amounts of a time in which messages were not watched throughout', async () => {
    const { capture, options } = json();
    const logger = new WebSocketLogger({ ...options, level: 'silent' });
    const here = await scene(echo, { logger, summary: 1000 });
    await client(here.server.url);
    logger.level = 'info';
    await client(here.server.url);
    vi.advanceTimersByTime(1000);
    await client(here.server.url);
    vi.advanceTimersByTime(1000);
    const told = capture.records
      .filter(({ id }) => id === 'summary')
      .map((line) => line['traffic']);
    expect(told).toMatchObject([
      { accepted: 2, open: 2 },
      { accepted: 1, open: 3, sent: {} },
    ]);
    expect(told[0]).not.toHaveProperty('sent');
  });
});
