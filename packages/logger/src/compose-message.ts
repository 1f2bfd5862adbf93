import type { Describer } from './describer.js';
import { errorFields, errorText } from './error-text.js';
import type { Fields } from './writer.js';

/** What the arguments of a log call come to. */
export interface ComposedMessage {
  readonly text: string;
  readonly fields: Fields;
}

/**
 * The words, and the fields: an object of fields may come first, or an error as pino takes it, whose text then is left to
 * the words. The first error of all is a field, so that its stack is told.
 */
export function composeMessage(values: readonly unknown[], describer: Describer): ComposedMessage {
  const [first, ...others] = values;
  const given = isFields(first, describer) ? first : undefined;
  const leadsWithError = first instanceof Error && others.length > 0;
  const words = given !== undefined || leadsWithError ? others : values;
  const error = [...values, given?.['err']].find((value) => value instanceof Error);
  return {
    // As in pino, a line that is only an error says what that says.
    text: words.length === 0 && error !== undefined ? errorText(error) : textOf(words, describer),
    fields: {
      ...(given && described(given, describer)),
      ...(error && { err: errorFields(error) }),
    },
  };
}

function textOf(words: readonly unknown[], describer: Describer): string {
  return words.map((word) => describer.text(word)).join(' ');
}

function isFields(value: unknown, describer: Describer): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  return !(value instanceof Error) && !Array.isArray(value) && !describer.knows(value);
}

/** Fields as they are logged: without secrets, connections and requests by what matters of them. */
export function described(fields: Fields, describer: Describer): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, each]) => [name, describer.field(name, each)]),
  );
}
