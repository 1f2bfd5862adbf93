import { createRequire } from 'node:module';
import { expect, onTestFinished, test, vi } from 'vitest';

import { openOutput } from '../src/output.js';
import { prettyLines } from '../src/pretty-line.js';
import { WebSocketLogger } from '../src/web-socket-logger.js';
import { Capture } from './support/capture.js';

vi.mock('node:module', async (original) => {
  const module = await original<{ createRequire: typeof createRequire }>();
  return { ...module, createRequire: vi.fn<typeof createRequire>(module.createRequire) };
});

const render = prettyLines({ colour: false, timeFormat: 'UTC:HH:MM:ss.l' })!;

function rendered(record: object): string {
  return render(`${JSON.stringify({ time: '2026-11-22T12:00:00.123Z', ...record })}\n`);
}

test.each([
  [10, 'TRACE: '],
  [30, 'INFO:  '],
  [35, 'WSLOG: '],
  [40, 'WARN:  '],
  [60, 'FATAL: '],
])('level %d begins its words at the same place', (level, label) => {
  expect(rendered({ level, msg: 'hello' })).toBe(`12:00:00.123 ${label}hello\n`);
});

test('fields stand at the end, those for machines nowhere', () => {
  const record = { level: 30, pid: 1, hostname: 'h', id: 'i', traffic: {}, user: 3, msg: 'hello' };
  expect(rendered(record)).toBe('12:00:00.123 INFO:  hello {"user":3}\n');
});

test('a part of the program is named', () => {
  expect(rendered({ level: 30, scope: 'chat', msg: 'hello' })).toBe(
    '12:00:00.123 INFO:  [chat] hello\n',
  );
});

test('further lines of a text are boxed, so that none looks like a line of the log', () => {
  expect(rendered({ level: 30, msg: 'one\n12:00 ERROR: two\r\u001b[2K' })).toBe(
    '12:00:00.123 INFO:  one\n    | 12:00 ERROR: two\\r\\u{1b}[2K\n',
  );
});

test('an error has its stack below', () => {
  const err = { type: 'TypeError', message: 'no', stack: 'TypeError: no\n    at here' };
  expect(rendered({ level: 50, msg: 'failed', err })).toBe(
    '12:00:00.123 ERROR: failed\n    err: TypeError: no\n        at here\n',
  );
});

test('fields bring neither colours nor a change of direction', () => {
  const shown = rendered({ level: 30, msg: '', user: '\u009b31m\u202e\u001b[31m' });
  expect(shown).toContain('\\u{9b}31m\\u{202e}\\u001b[31m');
});

test('connections differ in colour', () => {
  const coloured = prettyLines({ colour: true, timeFormat: undefined })!;
  const line = (id: number): string =>
    coloured(JSON.stringify({ level: 35, traffic: { connection: id }, msg: `#${id} open` }));
  expect(line(7)).toContain('\u001b[32m#7\u001b[39m open');
  expect(line(8)).toContain('\u001b[33m#8\u001b[39m open');
});

test('where pino-pretty is not installed, lines are JSON unless they are to be for people', () => {
  const missing = Object.assign(new Error('cannot find it'), { code: 'MODULE_NOT_FOUND' });
  vi.mocked(createRequire).mockReturnValue((() => {
    throw missing;
  }) as never);
  onTestFinished(() => void vi.mocked(createRequire).mockReset());
  const capture = new Capture();
  new WebSocketLogger({ destination: capture }).info('hello');
  expect(capture.records).toMatchObject([{ level: 30, msg: 'hello' }]);
  expect(() => openOutput({ destination: capture, format: 'pretty' })).toThrow(
    "format is 'pretty', expected the optional dependency pino-pretty to be installed",
  );
  const told: string[] = [];
  new WebSocketLogger({ logger: { info: (text: string) => told.push(text) } }).info('hello');
  expect(told[0]).toMatch(/^\{.*"msg":"hello"\}$/);
});

test('whatever else is wrong with pino-pretty is told', () => {
  vi.mocked(createRequire).mockReturnValue((() => {
    throw new SyntaxError('half a file');
  }) as never);
  onTestFinished(() => void vi.mocked(createRequire).mockReset());
  expect(() => prettyLines({ colour: false, timeFormat: undefined })).toThrow('half a file');
});
