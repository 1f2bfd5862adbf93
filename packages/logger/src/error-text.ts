import { inspect } from 'node:util';

import { printable } from './printable.js';

const LONGEST = 500;

const MOST_CAUSES = 5;

/** An error in one line, with its code and what caused it. */
export function errorText(error: unknown): string {
  const told: string[] = [];
  for (const each of withCauses(error)) {
    // Some messages have that of their cause in them.
    if (!told.some((before) => before.includes(messageOf(each)))) told.push(ownText(each));
  }
  return told.join(', caused by ');
}

/** Causes may go in a circle. */
function withCauses(error: unknown): unknown[] {
  const chain = [error];
  for (let last = error; last instanceof Error && chain.length < MOST_CAUSES;) {
    last = last.cause;
    if (last !== undefined) chain.push(last);
  }
  return chain;
}

function ownText(error: unknown): string {
  const name =
    error instanceof Error && !isOurs(error) && error.name !== 'Error' ? `${error.name}: ` : '';
  const code = codeOf(error);
  return `${name}${messageOf(error)}${code === undefined ? '' : ` [${code}]`}`;
}

/** What is thrown may be anything. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : inspect(error, { breakLength: Infinity });
  return printable(text, LONGEST);
}

/** The code of an error of this library, or of Node's. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? printable(code, LONGEST) : undefined;
}

/** Its name says less than its code. */
function isOurs(error: Error): boolean {
  return codeOf(error)?.startsWith('POSTERN_') === true;
}

/** What a line has of an error besides its text. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code: string | undefined;
  /** With those of its causes. */
  readonly stack: string;
}

/**
 * Nothing else that an error has: there may be headers and bodies among it. Without a prototype, because pino would take
 * the name of the class for the type.
 */
export function errorFields(error: unknown): ErrorFields {
  const type = error instanceof Error ? error.name : typeof error;
  const fields = { type, message: messageOf(error), code: codeOf(error), stack: stackOf(error) };
  return Object.assign(Object.create(null) as object, fields);
}

function stackOf(error: unknown): string {
  const stacks = withCauses(error).map(
    (each) => (each instanceof Error && each.stack) || messageOf(each),
  );
  return stacks.join('\ncaused by: ');
}
