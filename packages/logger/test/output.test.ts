import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';

import { openOutput } from '../src/output.js';
import { Capture } from './support/capture.js';
import { scratchFolder } from './support/scratch.js';
import { heardWarnings } from './support/warnings.js';

const line = '{"level":35,"time":"2026-11-22T12:00:00.000Z","msg":"hello"}\n';

afterEach(() => void vi.unstubAllEnvs());

test('a file is made with its folders, and appended to', () => {
  const path = join(scratchFolder(), 'logs', 'traffic.log');
  for (const _ of [1, 2]) {
    const output = openOutput({ destination: path, format: 'json' });
    output.write(line, 35);
    expect(readFileSync(path, 'utf8').endsWith(line)).toBe(true);
    output.close();
  }
  expect(readFileSync(path, 'utf8')).toBe(line + line);
});

test('lines for people go into a file without colours', () => {
  const path = join(scratchFolder(), 'traffic.log');
  const output = openOutput({ destination: path, timeFormat: 'UTC:HH:MM' });
  output.write(line, 35);
  expect(readFileSync(path, 'utf8')).toBe('12:00 WSLOG: hello\n');
  output.close();
});

test('a file that was moved away is opened anew', () => {
  const folder = scratchFolder();
  const path = join(folder, 'traffic.log');
  const output = openOutput({ destination: path, format: 'json' });
  output.write(line, 35);
  renameSync(path, join(folder, 'traffic.log.1'));
  output.reopen();
  output.write(line, 35);
  expect(readFileSync(path, 'utf8')).toBe(line);
  expect(readFileSync(join(folder, 'traffic.log.1'), 'utf8')).toBe(line);
  output.close();
});

test('lines after close are dropped, and a second close is nothing', () => {
  const path = join(scratchFolder(), 'traffic.log');
  const output = openOutput({ destination: path, format: 'json' });
  output.close();
  output.close();
  output.write(line, 35);
  output.reopen();
  expect(readFileSync(path, 'utf8')).toBe('');
});

test("a stream is somebody else's, and stays open", () => {
  const capture = new Capture();
  const output = openOutput({ destination: capture, format: 'json' });
  output.close();
  output.write(line, 35);
  expect(capture.text).toBe(line);
});

test('a file that cannot be opened is told at once', () => {
  const path = scratchFolder();
  expect(() => openOutput({ destination: path })).toThrow(/EISDIR/);
});

test('a file that cannot be written is told once, and ends nothing', ({ skip }) => {
  skip(process.platform !== 'linux', 'there is no /dev/full');
  const warnings = heardWarnings();
  const output = openOutput({ destination: '/dev/full', format: 'json' });
  output.write(line, 35);
  output.write(line, 35);
  expect(warnings).toEqual([
    'a line could not be written to /dev/full: ENOSPC: no space left on device, write',
  ]);
  output.close();
});

test('a file that cannot be opened again stays as it was', () => {
  const warnings = heardWarnings();
  const folder = scratchFolder();
  const path = join(folder, 'traffic.log');
  const output = openOutput({ destination: path, format: 'json' });
  renameSync(path, join(folder, 'traffic.log.1'));
  mkdirSync(path);
  output.reopen();
  output.write(line, 35);
  expect(readFileSync(join(folder, 'traffic.log.1'), 'utf8')).toBe(line);
  expect(warnings).toHaveLength(1);
  output.close();
});

test('without a destination lines go to stdout', () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  openOutput({ format: 'json' }).write(line, 35);
  expect(written.mock.calls[0]![0]).toBe(line);
  written.mockRestore();
});

test('that nobody reads stdout any more ends no program', () => {
  const written = vi.spyOn(process.stdout, 'write').mockImplementation((...args: unknown[]) => {
    (args.at(-1) as (error?: Error | null) => void)(new Error('EPIPE'));
    process.stdout.emit('error', new Error('EPIPE'));
    return false;
  });
  expect(() => openOutput({ format: 'json' }).write(line, 35)).not.toThrow();
  written.mockRestore();
});

test('a terminal has colours, unless the environment is against it', () => {
  vi.stubEnv('NO_COLOR', '');
  const terminal = Object.assign(new Capture(), { isTTY: true });
  openOutput({ destination: terminal }).write(line, 35);
  expect(terminal.text).toContain('\u001b[36mWSLOG\u001b[39m');

  vi.stubEnv('NO_COLOR', '1');
  const plain = Object.assign(new Capture(), { isTTY: true });
  openOutput({ destination: plain }).write(line, 35);
  expect(plain.lines).toEqual(['WSLOG: hello']);
});

test('colours may be had, or not, whatever it is', () => {
  const capture = new Capture();
  openOutput({ destination: capture, colour: true }).write(line, 35);
  expect(capture.text).toContain('\u001b[36mWSLOG');
  const terminal = Object.assign(new Capture(), { isTTY: true });
  openOutput({ destination: terminal, colour: false }).write(line, 35);
  expect(terminal.lines).toEqual(['WSLOG: hello']);
});

test.each([
  [{ destination: true }, 'destination is boolean, expected a path or a stream'],
  [{ destination: null }, 'destination is null, expected a path or a stream'],
  [{ destination: {} }, 'destination is object, expected a path or a stream'],
  [{ format: 'xml' }, "format is xml, expected 'pretty' or 'json'"],
  [{ level: 'loud' }, 'level of an output is loud, expected one of '],
])('refuses %o', (options, message) => {
  expect(() => openOutput(options as never)).toThrow(message);
});
