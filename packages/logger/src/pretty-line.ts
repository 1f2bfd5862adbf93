import { createRequire } from 'node:module';

import type pinoPretty from 'pino-pretty';
import type { PrettyOptions } from 'pino-pretty';

import { codeOf } from './error-text.js';
import { levelOf, levels } from './level.js';
import { printable, printableLines } from './printable.js';

/** Makes a line for people of a line of JSON. */
export type RenderLine = (line: string) => string;

type PinoPretty = typeof pinoPretty;
type Extras = Parameters<Extract<PrettyOptions['messageFormat'], (...values: never) => unknown>>[3];

const TIME_FORMAT = 'SYS:yyyy-mm-dd HH:MM:ss.l';

/** Colours by which one connection is told from the next. */
const PALETTE = ['cyan', 'green', 'yellow', 'blue', 'magenta', 'cyanBright'] as const;

const LEVEL_COLOURS = {
  trace: 'gray',
  debug: 'blue',
  info: 'green',
  wslog: 'cyan',
  warn: 'yellow',
  error: 'red',
  fatal: 'bgRed',
  message: 'reset',
};

/** In lines of JSON for the reader's tools: what is also in the text, or the same on every line. */
const LEFT_OUT = 'pid,hostname,scope,id,traffic';

const INDENT = '    ';

/** What `JSON.stringify` does not escape although a terminal may obey it, or a reader be fooled. */
const INVISIBLE = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/g;

/**
 * Lines for people; undefined where `pino-pretty`, which is optional, is not installed. It is loaded here and not before.
 */
export function prettyLines(options: {
  readonly colour: boolean;
  readonly timeFormat: string | undefined;
}): RenderLine | undefined {
  const loaded = loadPinoPretty();
  if (loaded === undefined) return undefined;
  const render = loaded.prettyFactory({
    colorize: options.colour,
    translateTime: options.timeFormat ?? TIME_FORMAT,
    customLevels: levels,
    customColors: LEVEL_COLOURS,
    customPrettifiers: { time: String, err: stackOf },
    ignore: LEFT_OUT,
    messageFormat,
    singleLine: true,
  });
  return (line) => render(line).replace(/ +\n/, '\n').replace(INVISIBLE, escaped);
}

function loadPinoPretty(): PinoPretty | undefined {
  try {
    return createRequire(import.meta.url)('pino-pretty') as PinoPretty;
  } catch (error) {
    if (codeOf(error) === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The words of a line, under those of the line before whatever its level is. */
function messageFormat(
  log: Record<string, unknown>,
  messageKey: string,
  label: string,
  { colors }: Extras,
): string {
  const padding = ' '.repeat(Math.max(0, 5 - (levelOf(log['level'])?.length ?? 0)));
  const text = printableLines(textOf(log[messageKey]), `${INDENT}| `);
  if (log['traffic'] === undefined) {
    const scope = textOf(log['scope']);
    return `${padding}${scope === '' ? '' : `[${printable(scope)}] `}${text}`;
  }
  return `${padding}${text.replace(/^#(\d+)/, (id, number) => {
    const colour = PALETTE[Number(number) % PALETTE.length]!;
    return colors[colour](id);
  })}`;
}

/** The stack has the name and the message in it. */
function stackOf(error: string | object): string {
  const { stack } = error as { stack?: unknown };
  return printableLines(textOf(stack), '');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
