import { Console } from 'node:console';
import { Writable } from 'node:stream';

import { pino } from 'pino';
import { describe, expect, test } from 'vitest';

import { kindOf, type ForeignLogger } from '../src/foreign-logger.js';
import type { Level } from '../src/level.js';
import { WebSocketLogger } from '../src/web-socket-logger.js';
import { Capture } from './support/capture.js';
import { heardWarnings } from './support/warnings.js';

/** A logger that writes down which of its methods are called with what. */
function recorder(names: readonly string[], more: object = {}) {
  const calls: [name: string, ...values: unknown[]][] = [];
  const methods = names.map((name) => [
    name,
    (...values: unknown[]) => void calls.push([name, ...values]),
  ]);
  return { calls, logger: { ...Object.fromEntries(methods), ...more } as ForeignLogger };
}

const all: readonly Level[] = ['trace', 'debug', 'info', 'wslog', 'warn', 'error', 'fatal'];

function logAll(logger: ForeignLogger): void {
  const log = new WebSocketLogger({ logger, level: 'trace' });
  for (const level of all) log[level]({ user: 3 }, 'hello');
}

describe("pino's kind", () => {
  test('gets fields and a text, by its own methods', () => {
    const { calls, logger } = recorder(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], {
      child: () => undefined,
    });
    logAll(logger);
    expect(calls.map(([name]) => name)).toEqual([
      'trace',
      'debug',
      'info',
      'info',
      'warn',
      'error',
      'fatal',
    ]);
    for (const [, ...values] of calls) expect(values).toEqual([{ user: 3 }, 'hello']);
  });

  test('with a level of that name, wslog goes there', () => {
    const capture = new Capture();
    const own = pino({ customLevels: { wslog: 35 }, level: 'wslog' }, capture);
    const log = new WebSocketLogger({ logger: own });
    log.wslog('hello');
    log.info('hello');
    expect(capture.records).toMatchObject([{ level: 35, msg: 'hello' }]);
  });

  test('decides itself what is shown, and may change its mind', () => {
    const capture = new Capture();
    const own = pino({ level: 'warn' }, capture);
    const log = new WebSocketLogger({ logger: own });
    expect(all.filter((level) => log.isLevelEnabled(level))).toEqual(['warn', 'error', 'fatal']);
    own.level = 'info';
    expect(log.isLevelEnabled('wslog')).toBe(true);
    expect(log.isLevelEnabled('debug')).toBe(false);
  });

  test('an option narrows what it shows', () => {
    const log = new WebSocketLogger({
      logger: pino({ level: 'trace' }, new Capture()),
      level: 'warn',
    });
    expect(log.isLevelEnabled('info')).toBe(false);
  });

  test('has the type of an error, and its stack', () => {
    const capture = new Capture();
    new WebSocketLogger({ logger: pino({}, capture) }).error(new TypeError('no'), 'failed');
    expect(capture.records[0]).toMatchObject({
      msg: 'failed',
      err: {
        type: 'TypeError',
        message: 'no',
        stack: expect.stringMatching(/^TypeError: no\n/) as unknown,
      },
    });
  });

  test('is not closed', () => {
    const capture = new Capture();
    const own = pino({}, capture);
    const log = new WebSocketLogger({ logger: own });
    log.reopen();
    log.close();
    log.info('hello');
    expect(capture.records).toHaveLength(1);
  });
});

describe('a console', () => {
  test('gets lines with time and level, by its own methods', () => {
    const { calls, logger } = recorder(['trace', 'debug', 'info', 'warn', 'error', 'log']);
    logAll(logger);
    // console.trace prints a stack of its own.
    expect(calls.map(([name]) => name)).toEqual([
      'debug',
      'debug',
      'info',
      'info',
      'warn',
      'error',
      'error',
    ]);
    expect(calls[3]).toEqual([
      'info',
      expect.stringMatching(/^\d{4}-\d\d-\d\d [\d:.]{12} WSLOG: hello \{"user":3\}$/),
    ]);
  });

  test('a real one writes them', () => {
    const capture = new Capture();
    const stream = new Writable({
      write: (chunk, _, callback) => {
        capture.write(String(chunk));
        callback();
      },
    });
    new WebSocketLogger({ logger: new Console(stream), timeFormat: 'UTC:yyyy' }).wslog('hello');
    expect(capture.text).toMatch(/^\d{4} WSLOG: hello\n$/);
  });

  test('shows info and above, unless asked for more', () => {
    const { calls, logger } = recorder(['debug', 'info']);
    const log = new WebSocketLogger({ logger });
    log.debug('hello');
    log.info('hello');
    expect(calls).toHaveLength(1);
  });

  test('needs no more than info', () => {
    const { calls, logger } = recorder(['info']);
    logAll(logger);
    expect(calls).toHaveLength(all.length);
  });
});

test("winston's kind gets the text alone, since it adds time and level itself", () => {
  const { calls, logger } = recorder(['debug', 'info', 'warn', 'error'], {
    child: () => undefined,
  });
  const log = new WebSocketLogger({ logger });
  log.wslog({ user: 3 }, 'hello');
  expect(kindOf(logger)).toBe('text');
  expect(calls).toEqual([['info', 'hello']]);
});

test('one that fails costs the line, and ends nothing', () => {
  const warnings = heardWarnings();
  const logger = {
    info: () => {
      throw new Error('theirs');
    },
  };
  new WebSocketLogger({ logger }).info('hello');
  expect(warnings).toEqual(['a line could not be logged: theirs']);
});
