import type { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';

import type { CompressionSettings } from '../deflate/compression-options.js';
import { acceptDeflate, offerDeflate } from '../deflate/negotiate.js';
import { createHandshakeKey } from '../handshake/accept-key.js';
import {
  checkServerResponse,
  createClientHeaders,
  statusError,
  type ExpectedResponse,
  type ResponseHead,
  type ServerChoice,
} from '../handshake/client-handshake.js';
import { HandshakeError } from '../handshake/errors.js';
import { connectionFailure } from './connection-failure.js';
import type { Deadline } from './deadline.js';
import { guard } from './dial.js';
import type { HandshakeReport } from './handshake-report.js';
import type { OpenSettings } from './open-options.js';
import { RefusalBody } from './refusal-body.js';
import { streamSource } from './stream-source.js';
import type { Target } from './target.js';

/** More informational answers (RFC 9110, section 15.2) than this are no way to an answer. */
const MOST_INFORMATIONAL = 32;

/** The answers that say where else to ask. RFC 9110, section 15.4. */
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);

/** The server has switched protocols, and all of its 101 was right. */
export interface Upgraded {
  readonly socket: Duplex;
  /** What came in one piece with the 101. */
  readonly head: Buffer;
  readonly choice: ServerChoice;
}

/** The server says where else to ask. */
export interface Redirected {
  readonly location: string;
  /** What the answer is to a caller who does not go there. */
  readonly refusal: HandshakeError;
}

/** What is asked of whom. */
export interface Question {
  readonly target: Target;
  readonly settings: OpenSettings;
  /** Whether an answer with status 3xx and a `Location` is of use. */
  readonly mayRedirect: boolean;
  readonly report: HandshakeReport;
}

/**
 * Sends one request to switch to the WebSocket protocol. RFC 6455, section 4.1.
 * @throws {HandshakeError} when the answer is another one than 101, or not right, or none comes.
 * @throws {TypeError} when an option is not what it should be.
 */
export function askToUpgrade(
  question: Question,
  deadline: Deadline,
): Promise<Upgraded | Redirected> {
  return new Promise((resolve, reject) => {
    const { target, settings } = question;
    const key = createHandshakeKey(randomBytes);
    const { subprotocols, connection } = settings;
    const extensionsOffered = connection.compression ? [offerDeflate(connection.compression)] : [];
    const expected = { key, subprotocols, extensionsOffered, compression: connection.compression };
    const request = createRequest(target, settings, expected, deadline.signal);
    question.report.asked(target, request);
    const attempt = new Attempt(request, expected, deadline, { resolve, reject });
    attempt.start(question.mayRedirect);
  });
}

function createRequest(
  target: Target,
  settings: OpenSettings,
  { key, extensionsOffered }: Expected,
  signal: AbortSignal,
): ClientRequest {
  const { subprotocols, origin } = settings;
  const headers = createClientHeaders({
    key,
    host: target.authority,
    subprotocols,
    extensions: extensionsOffered,
    origin,
    headers: settings.headers,
  });
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  if (target.authorization !== undefined && !hasOwn)
    headers['Authorization'] = target.authorization;
  const { host, port, path, secure } = target;
  const options: RequestOptions = {
    ...streamSource(target, settings, signal),
    host,
    port,
    path,
    headers,
    insecureHTTPParser: false,
  };
  return secure ? httpsRequest(options) : httpRequest(options);
}

interface Expected extends ExpectedResponse {
  /** What was offered; undefined for nothing. */
  readonly compression: CompressionSettings | undefined;
}

/** @throws {HandshakeError} when the server answers an offer of compression with what was not offered. */
function checkCompression(
  { extensions }: ServerChoice,
  { headers }: ResponseHead,
  offered: CompressionSettings | undefined,
): void {
  for (const answer of extensions) {
    const verdict = acceptDeflate(answer, offered!);
    if (verdict.ok) continue;
    throw new HandshakeError('POSTERN_ERR_HANDSHAKE_EXTENSIONS', verdict.reason, {
      status: 101,
      headers,
    });
  }
}

interface Settle {
  readonly resolve: (outcome: Upgraded | Redirected) => void;
  readonly reject: (error: unknown) => void;
}

/** One request, from its sending to what comes of it; the first outcome counts. */
class Attempt {
  readonly #request: ClientRequest;
  readonly #expected: Expected;
  readonly #deadline: Deadline;
  readonly #settle: Settle;
  readonly #onAbort = (): void => this.#giveUp();
  #socket: Duplex | undefined;
  #isSettled = false;
  #informational = 0;
  #refused: { readonly response: IncomingMessage; readonly body: RefusalBody } | undefined;

  constructor(request: ClientRequest, expected: Expected, deadline: Deadline, settle: Settle) {
    // First of all: a request without a listener for errors ends the process.
    request.on('error', (error) => this.#onError(error));
    this.#request = request;
    this.#expected = expected;
    this.#deadline = deadline;
    this.#settle = settle;
  }

  start(mayRedirect: boolean): void {
    const request = this.#request;
    request.on('socket', (socket) => (this.#socket = guard(socket)));
    request.on('upgrade', (response, socket, head) => this.#onUpgrade(response, socket, head));
    request.on('information', () => this.#onInformation());
    request.on('response', (response) => this.#onResponse(response, mayRedirect));
    request.on('close', () => this.#onClose());
    request.end();
    const { signal } = this.#deadline;
    if (signal.aborted) this.#giveUp();
    else signal.addEventListener('abort', this.#onAbort);
  }

  #onUpgrade(response: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Behind a final answer there is no other to the same request, though Node may show one.
    if (this.#refused !== undefined) this.#failByStatus();
    if (this.#isSettled) {
      socket.destroy();
      return;
    }
    const choice = this.#judge(response);
    if (choice === undefined) return;
    this.#end();
    this.#settle.resolve({ socket, head, choice });
  }

  /** What server and client have agreed on; undefined when that is the end of it. */
  #judge(response: ResponseHead): ServerChoice | undefined {
    try {
      const choice = checkServerResponse(response, this.#expected);
      checkCompression(choice, response, this.#expected.compression);
      return choice;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #onInformation(): void {
    this.#informational += 1;
    if (this.#informational <= MOST_INFORMATIONAL) return;
    const message = `expected an answer, got more than ${MOST_INFORMATIONAL} informational ones`;
    this.#fail(new HandshakeError('POSTERN_ERR_HANDSHAKE_MALFORMED', message));
  }

  #onResponse(response: IncomingMessage, mayRedirect: boolean): void {
    // First of all: a stream without a listener for errors ends the process.
    response.on('error', ignore);
    if (this.#isSettled) return;
    if (response.statusCode === 101) this.#onHalfUpgrade(response);
    else if (mayRedirect && isRedirect(response)) this.#onRedirect(response);
    else {
      const body = new RefusalBody(response, () => this.#failByStatus());
      this.#refused = { response, body };
    }
  }

  /** A 101 that lacks `Upgrade` or `Connection: Upgrade` is to Node an answer like others. */
  #onHalfUpgrade(response: IncomingMessage): void {
    if (this.#judge(response) === undefined) return;
    // Node found one of them wrong in a way that we did not.
    this.#fail(new HandshakeError('POSTERN_ERR_HANDSHAKE_UPGRADE', 'expected a 101 that upgrades'));
  }

  #onRedirect(response: IncomingMessage): void {
    this.#end();
    this.#settle.resolve({ location: response.headers.location!, refusal: statusError(response) });
    this.#destroy();
  }

  #failByStatus(): void {
    if (this.#refused === undefined) return;
    const { response, body } = this.#refused;
    this.#fail(statusError(response, body.text));
  }

  #onError(error: Error): void {
    // An answer that breaks off is still an answer.
    if (this.#refused !== undefined) this.#failByStatus();
    else if (error instanceof HandshakeError || error instanceof TypeError) this.#fail(error);
    else this.#fail(connectionFailure(error));
  }

  #onClose(): void {
    if (this.#isSettled) return;
    this.#onError(new Error('the socket was closed'));
  }

  /** Time is up, or the caller does not want to wait. */
  #giveUp(): void {
    if (this.#deadline.isOver && this.#refused !== undefined) this.#failByStatus();
    else this.#fail(this.#deadline.signal.reason);
  }

  #fail(error: unknown): void {
    if (this.#isSettled) return;
    this.#end();
    this.#settle.reject(error);
    this.#destroy();
  }

  #destroy(): void {
    this.#request.destroy();
    // A request that has its whole answer leaves the socket to be used again, although nobody will.
    this.#socket?.destroy();
  }

  #end(): void {
    this.#isSettled = true;
    this.#deadline.signal.removeEventListener('abort', this.#onAbort);
  }
}

function isRedirect({ statusCode, headers }: IncomingMessage): boolean {
  return REDIRECTS.has(statusCode) && headers.location !== undefined;
}

function ignore(): void {}
