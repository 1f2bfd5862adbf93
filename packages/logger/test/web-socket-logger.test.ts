import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { pair } from '@postern/core/testing';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { connectionId } from '../src/connection-id.js';
import { levels, type Level } from '../src/level.js';
import type { LoggerOptions } from '../src/logger-options.js';
import { WebSocketLogger } from '../src/web-socket-logger.js';
import { Capture, json, pretty } from './support/capture.js';
import { scratchFolder } from './support/scratch.js';
import { heardWarnings } from './support/warnings.js';

const names = Object.keys(levels) as Level[];

function logger(options: LoggerOptions = {}) {
  const { capture, options: output } = pretty();
  return { log: new WebSocketLogger({ ...output, ...options }), capture };
}

function connection() {
  const { client, server } = pair();
  onTestFinished(() => client.terminate());
  return server;
}

describe('levels', () => {
  test('info and above are shown, unless something else is asked for', () => {
    const { log, capture } = logger();
    for (const name of names) log[name]('hello');
    expect(capture.lines).toEqual([
      'INFO:  hello',
      'WSLOG: hello',
      'WARN:  hello',
      'ERROR: hello',
      'FATAL: hello',
    ]);
  });

  test.each([...names, 'silent'] as const)('%s shows itself and what is more urgent', (level) => {
    const { log, capture } = logger({ level });
    for (const name of names) log[name]('hello');
    const shown = level === 'silent' ? [] : names.slice(names.indexOf(level));
    expect(capture.lines).toHaveLength(shown.length);
    for (const name of names) expect(log.isLevelEnabled(name)).toBe(shown.includes(name));
  });

  test('a level may be changed at any time, for all that came of one logger', () => {
    const { log, capture } = logger({ level: 'error' });
    const chat = log.scope('chat');
    chat.debug('before');
    log.level = 'debug';
    chat.debug('after');
    expect(chat.level).toBe('debug');
    expect(capture.lines).toEqual(['DEBUG: [chat] after']);
  });

  test('a level that is none is refused', () => {
    const { log } = logger();
    expect(() => (log.level = 'loud' as Level)).toThrow(RangeError);
    expect(() => logger({ level: 'loud' as Level })).toThrow('level is loud, expected one of');
  });
});

describe('lines', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 22, 12) }));
  afterEach(() => void vi.useRealTimers());

  test('each has a time', () => {
    const { capture, options } = pretty();
    const log = new WebSocketLogger({ ...options, timeFormat: 'UTC:yyyy-mm-dd HH:MM:ss.l' });
    for (const name of ['info', 'wslog', 'error'] as const) log[name]('hello');
    expect(capture.text).toBe(
      '2026-11-22 12:00:00.000 INFO:  hello\n' +
        '2026-11-22 12:00:00.000 WSLOG: hello\n' +
        '2026-11-22 12:00:00.000 ERROR: hello\n',
    );
  });

  test('those for machines are what pino writes', () => {
    const { capture, options } = json();
    new WebSocketLogger(options).scope('chat').wslog({ user: 3 }, 'hello');
    expect(capture.records).toEqual([
      {
        level: 35,
        time: '2026-11-22T12:00:00.000Z',
        pid: process.pid,
        hostname: expect.any(String) as unknown,
        scope: 'chat',
        user: 3,
        msg: 'hello',
      },
    ]);
  });
});

test('prints connections and requests among the words', () => {
  const { log, capture } = logger();
  const ws = connection();
  const request = { method: 'GET', url: '/chat?token=abc', headers: { cookie: 'a=b' } };
  log.wslog('joined', ws, 'by', request);
  expect(capture.lines).toEqual([
    `WSLOG: joined WebSocket(server, OPEN) #${connectionId(ws)} by GET /chat?token=***`,
  ]);
});

test('an error has its stack below, and an error of the library no headers', () => {
  const { log, capture } = logger();
  const error = Object.assign(new TypeError('no'), { headers: { authorization: 'abc' } });
  log.error('failed:', error);
  expect(capture.lines[0]).toBe('ERROR: failed: TypeError: no');
  expect(capture.lines[1]).toBe('    err: TypeError: no');
  expect(capture.lines[2]).toMatch(/^ {8}at /);
  expect(capture.text).not.toContain('abc');
});

test('a web token is shown nowhere', () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl';
  const { capture, options } = json();
  const log = new WebSocketLogger(options).child({ first: token });
  log.error({ second: { third: token } }, 'failed with', token, new Error(`bad ${token}`));
  expect(capture.text).not.toContain('eyJ');
  expect(capture.text.match(/\*\*\*/g)!.length).toBeGreaterThanOrEqual(6);
});

test('a child has fields of its own, redacted', () => {
  const { capture, options } = json();
  const ws = connection();
  new WebSocketLogger(options)
    .child({ user: 3 })
    .child({ ws, token: 'abc' })
    .info({ more: 1 }, 'hello');
  expect(capture.records[0]).toMatchObject({
    user: 3,
    ws: { connection: connectionId(ws), role: 'server' },
    token: '***',
    more: 1,
  });
});

test('types of its own are printed as an option says', () => {
  const { log, capture } = logger({
    describe: (value) => (value instanceof Map ? `a map of ${value.size}` : undefined),
  });
  log.info(new Map([[1, 2]]), 'came');
  expect(capture.lines).toEqual(['INFO:  a map of 1 came']);
});

describe('shouldLog', () => {
  test('hears level, scope and id, and decides', () => {
    const shouldLog = vi.fn<(level: Level, scope: string, id: string) => boolean>(
      (level, scope) => scope !== 'noise',
    );
    const { log, capture } = logger({ shouldLog });
    log.info('hello', 3);
    log.scope('noise').warn('hello');
    log.limited('slow', 9).warn('buffer', 3);
    log.info(3);
    expect(shouldLog.mock.calls).toEqual([
      ['info', '', 'hello'],
      ['warn', 'noise', 'hello'],
      ['warn', '', 'slow'],
      ['info', '', ''],
    ]);
    expect(capture.lines).toHaveLength(3);
  });

  test('is not asked about a level that is not shown', () => {
    const shouldLog = vi.fn<() => boolean>(() => true);
    logger({ shouldLog }).log.debug('hello');
    expect(shouldLog).not.toHaveBeenCalled();
  });

  test('that fails costs the line, and ends nothing', () => {
    const warnings = heardWarnings();
    const { log, capture } = logger({
      shouldLog: () => {
        throw new Error('mine');
      },
    });
    log.info('hello');
    log.info('hello');
    expect(warnings).toEqual(['a line could not be logged: mine']);
    expect(capture.lines).toEqual([]);
  });
});

describe('limits', () => {
  test('a message is shown as often as its id allows', () => {
    const { log, capture } = logger({ limit: { 'buffer is filling': 2 } });
    for (let index = 0; index < 5; index += 1) log.warn('buffer is filling', index);
    log.warn('something else');
    expect(capture.lines).toEqual([
      'WARN:  buffer is filling 0',
      'WARN:  buffer is filling 1 (no more like this)',
      'WARN:  something else',
    ]);
  });

  test('a logger may count its messages as one', () => {
    const { log, capture } = logger();
    const slow = log.limited('slow', 1);
    slow.warn('a');
    slow.warn('b');
    log.limited('slow', 1).warn('c');
    expect(capture.lines).toEqual(['WARN:  a (no more like this)']);
    expect(() => log.limited('slow', -1)).toThrow(RangeError);
  });

  test('a message that is not shown is not rendered', () => {
    const { log } = logger({ limit: 0, describe: () => expect.unreachable('rendered') });
    log.info({});
    expect(log.isLevelEnabled('info')).toBe(true);
  });
});

describe('outputs', () => {
  test('several get what their level lets through', () => {
    const people = new Capture();
    const machines = new Capture();
    const log = new WebSocketLogger({
      level: 'debug',
      outputs: [
        { destination: people, colour: false, level: 'wslog' },
        { destination: machines, format: 'json' },
      ],
    });
    log.debug('a');
    log.wslog('b');
    log.trace('c');
    expect(people.lines).toEqual(['WSLOG: b']);
    expect(machines.records.map(({ msg }) => msg)).toEqual(['a', 'b']);
  });

  test('what no output shows is not enabled', () => {
    const log = new WebSocketLogger({ level: 'trace', outputs: [{ level: 'error' }] });
    expect(log.isLevelEnabled('warn')).toBe(false);
    expect(log.isLevelEnabled('error')).toBe(true);
  });

  test('a file is closed with its logger', () => {
    const path = join(scratchFolder(), 'own.log');
    const log = new WebSocketLogger({ destination: path, format: 'json' });
    log.info('before');
    log.reopen();
    log[Symbol.dispose]();
    log.info('after');
    expect(readFileSync(path, 'utf8').match(/"msg":"\w+"/g)).toEqual(['"msg":"before"']);
  });
});

test.each([
  [{ shouldLog: true }, 'shouldLog is boolean, expected a function'],
  [{ describe: 'x' }, 'describe is string, expected a function'],
  [{ logger: {} }, 'logger: expected one with the methods of pino or of console'],
  [{ logger: null }, 'logger: expected one with the methods of pino or of console'],
  [{ limit: -1 }, 'limit is -1'],
  [{ redact: 3 }, 'redact: expected'],
])('refuses %o', (options, message) => {
  expect(() => new WebSocketLogger(options as never)).toThrow(message);
});
