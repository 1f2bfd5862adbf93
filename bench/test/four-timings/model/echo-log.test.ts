import { expect, test } from 'vitest';
import { pairsOf, parseEchoLog } from '../../../four-timings/model/echo-log.mjs';

test('reads a time of arrival and of reply for each message', () => {
  expect(parseEchoLog('[[1.5,2],[3,3]]')).toEqual([
    { received: 1.5, replied: 2 },
    { received: 3, replied: 3 },
  ]);
});

test.each(['[[2,1]]', '[[1]]', '[["1","2"]]', '[null]', '[5]', '[[1,null]]'])(
  'refuses %s, which is not a time and a later one',
  (text) => {
    expect(() => parseEchoLog(text)).toThrow('entry 0 of the log is not a time and a later one');
  },
);

test('refuses what is no list', () => {
  expect(() => parseEchoLog('{}')).toThrow('the log is object, expected an array');
});

test('takes every second message for the full one', () => {
  const log = parseEchoLog('[[1,2],[3,4],[5,6],[7,8]]');
  expect(pairsOf(log, 2)).toEqual([
    { empty: log[0], full: log[1] },
    { empty: log[2], full: log[3] },
  ]);
});

test('refuses a log that tells of more or fewer exchanges than there were', () => {
  expect(() => pairsOf(parseEchoLog('[[1,2],[3,4],[5,6]]'), 2)).toThrow(
    'the log has 3 messages, expected 4',
  );
});
