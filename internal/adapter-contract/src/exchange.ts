import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

/** One request on its way through an app: what a layer or a handler does with it, in the framework's own way. */
export interface Exchange {
  /** The framework's own request or context, as a gatekeeper should find it. */
  readonly context: unknown;
  /** The request and the response of `node:http` beneath. */
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  setHeader(name: string, value: string): void;
  addCookie(cookie: string): void;
  answer(
    status: number,
    body?: string | Readable,
    headers?: Readonly<Record<string, string>>,
  ): void;
  /** In a layer's `after`: something else than what the handler answered. */
  overrule(status: number, body: string): void;
}
