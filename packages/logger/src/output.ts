import { LogFile } from './log-file.js';
import { checkThreshold, rankOf, type Threshold } from './level.js';
import { prettyLines, type RenderLine } from './pretty-line.js';

/** Anything that lines can be written to: a stream of Node, or an object with such a method. */
export interface LineSink {
  /** Takes a line, its end included. */
  write(line: string): unknown;
  /** Whether it is a terminal: lines for people then have colours. */
  readonly isTTY?: boolean;
}

/** One place where lines go. */
export interface OutputOptions {
  /**
   * A file by its path, which is appended to, and made with its folders if need be; or a stream.
   * @default process.stdout
   */
  readonly destination?: string | LineSink;
  /**
   * Lines for people, by `pino-pretty`, or for machines: JSON, as pino writes it.
   * @default 'pretty'; where `pino-pretty`, an optional dependency, is not installed, 'json'
   */
  readonly format?: 'pretty' | 'json';
  /**
   * Whether lines for people have colours.
   * @default true on a terminal, unless the environment has NO_COLOR
   */
  readonly colour?: boolean;
  /**
   * How `pino-pretty` writes the time for people: local time after `SYS:`, else UTC.
   * @default 'SYS:yyyy-mm-dd HH:MM:ss.l'
   */
  readonly timeFormat?: string;
}

/** One of several outputs. */
export interface LeveledOutputOptions extends OutputOptions {
  /**
   * The least urgent level that goes here, of what the logger shows at all.
   * @default 'trace'
   */
  readonly level?: Threshold;
}

/** An open output. */
export interface Output {
  readonly rank: number;
  /** `level` is the number of the line's level. */
  write(line: string, level: number): void;
  reopen(): void;
  close(): void;
}

/**
 * Opens a file or takes what is open.
 * @throws {TypeError | RangeError} when an option is not what it should be.
 * @throws {Error} when the format is `'pretty'` and `pino-pretty` is not installed.
 * @throws the system's error when the file cannot be opened.
 */
export function openOutput(options: LeveledOutputOptions): Output {
  const { destination = process.stdout, level = 'trace' } = options;
  const rank = rankOf(checkThreshold('level of an output', level));
  if (typeof destination === 'string') {
    const render = renderer(options, false);
    return fileOutput(new LogFile(destination), rank, render);
  }
  if (typeof destination?.write === 'function') {
    return sinkOutput(destination, rank, renderer(options, showsColours(destination)));
  }
  const found = destination === null ? 'null' : typeof destination;
  throw new TypeError(`destination is ${found}, expected a path or a stream`);
}

/** Undefined for lines of JSON, which need no rendering. */
function renderer(
  { format, colour, timeFormat }: OutputOptions,
  isColourful: boolean,
): RenderLine | undefined {
  if (format !== undefined && format !== 'pretty' && format !== 'json') {
    throw new RangeError(`format is ${String(format)}, expected 'pretty' or 'json'`);
  }
  if (format === 'json') return undefined;
  const render = prettyLines({ colour: colour ?? isColourful, timeFormat });
  if (render !== undefined || format === undefined) return render;
  throw new Error(
    "format is 'pretty', expected the optional dependency pino-pretty to be installed",
  );
}

function showsColours({ isTTY }: LineSink): boolean {
  return isTTY === true && !process.env['NO_COLOR'];
}

function fileOutput(file: LogFile, rank: number, render: RenderLine | undefined): Output {
  return {
    rank,
    write: (line) => file.write(render === undefined ? line : render(line)),
    reopen: () => file.reopen(),
    close: () => file.close(),
  };
}

/** Somebody's stream: it stays open. */
function sinkOutput(sink: LineSink, rank: number, render: RenderLine | undefined): Output {
  const write = sink === process.stdout || sink === process.stderr ? writeToProcess : writeToSink;
  return {
    rank,
    write: (line) => write(sink, render === undefined ? line : render(line)),
    reopen: ignore,
    close: ignore,
  };
}

function writeToSink(sink: LineSink, line: string): void {
  sink.write(line);
}

/** As `console` does it: that nobody reads any more ends no program. */
function writeToProcess(sink: LineSink, line: string): void {
  const stream = sink as NodeJS.WriteStream;
  stream.write(line, (error) => {
    if (error != null && stream.listenerCount('error') === 0) stream.once('error', ignore);
  });
}

function ignore(): void {}
