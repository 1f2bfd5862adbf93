import { inspect } from 'node:util';

import { connectionFields, connectionText, isConnection } from './connection-text.js';
import { errorFields, errorText } from './error-text.js';
import { printable } from './printable.js';
import { countText } from './quantity.js';
import { isPlain, REDACTED, type Redaction } from './redaction.js';
import { headerFields, isRequest, requestFields, requestText } from './request-text.js';

/** A text for a value that is logged, or `undefined` to have it printed as usual. */
export type Describe = (value: unknown) => string | undefined;

const LONGEST = 1000;

/** As deep as pino goes. */
const DEEPEST = 5;

/** Prints what a program gives to its log: connections and requests by what matters of them, secrets not at all. */
export class Describer {
  readonly redaction: Redaction;
  readonly #describe: Describe | undefined;

  constructor(redaction: Redaction, describe: Describe | undefined) {
    this.redaction = redaction;
    this.#describe = describe;
  }

  /** Whether a value has a text of its own, so that it is none of a line's fields. */
  knows(value: object): boolean {
    if (isConnection(value) || isRequest(value) || isServer(value)) return true;
    return this.#describe?.(value) !== undefined;
  }

  /** A value among the words of a line. */
  text(value: unknown): string {
    const own = this.#describe?.(value);
    if (own !== undefined) return own;
    if (typeof value === 'string') return value;
    if (value instanceof Error) return errorText(value);
    if (typeof value === 'object' && value !== null) return this.#objectText(value);
    return printable(String(value), LONGEST);
  }

  #objectText(value: object): string {
    if (isConnection(value)) return connectionText(value, this.redaction);
    if (isRequest(value)) return requestText(value, this.redaction);
    if (isServer(value)) return serverText(value);
    const shown = inspect(this.#copy(value, 0), {
      breakLength: Infinity,
      compact: true,
      depth: DEEPEST,
    });
    return printable(shown, LONGEST);
  }

  /** A value that is a field of a line. */
  field(name: string, value: unknown, depth = 0): unknown {
    if (this.redaction.hides(name)) return REDACTED;
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Error) return errorFields(value);
    if (isConnection(value)) return connectionFields(value, this.redaction);
    if (isRequest(value)) return requestFields(value, this.redaction);
    if (name === 'headers') return headerFields(value, this.redaction);
    return this.#copy(value, depth);
  }

  /** A plain object without its secrets. */
  #copy(value: object, depth: number): object {
    if (depth === DEEPEST) return value;
    if (Array.isArray(value)) return value.map((each) => this.field('', each, depth + 1));
    if (!isPlain(value)) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([name, each]) => [name, this.field(name, each, depth + 1)]),
    );
  }
}

interface ServerLike {
  readonly connections: ReadonlySet<unknown>;
  readonly url?: string;
  stats(): unknown;
}

/** What `serve` or `attach` returned. */
function isServer(value: object): value is ServerLike {
  return 'connections' in value && value.connections instanceof Set && 'stats' in value;
}

function serverText({ url, connections }: ServerLike): string {
  const where = url === undefined ? '' : `${url}, `;
  return `WebSocketServer(${where}${countText(connections.size, 'connection')})`;
}
