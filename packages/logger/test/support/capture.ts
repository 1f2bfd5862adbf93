import type { LineSink, OutputOptions } from '../../src/output.js';

/** A destination that keeps what is written to it. */
export class Capture implements LineSink {
  #text = '';

  write(line: string): void {
    this.#text += line;
  }

  get text(): string {
    return this.#text;
  }

  /** Lines without their time. */
  get lines(): string[] {
    return this.#text
      .split('\n')
      .slice(0, -1)
      .map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} /, ''));
  }

  /** Lines of JSON. */
  get records(): Record<string, unknown>[] {
    return this.#text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

/** Lines for people, into memory. */
export function pretty(): { readonly capture: Capture; readonly options: OutputOptions } {
  const capture = new Capture();
  return { capture, options: { destination: capture, colour: false } };
}

/** Lines for machines, into memory. */
export function json(): { readonly capture: Capture; readonly options: OutputOptions } {
  const capture = new Capture();
  return { capture, options: { destination: capture, format: 'json' } };
}
