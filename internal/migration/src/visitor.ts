import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';

/** How a server answered an opening handshake. */
export interface Answer {
  /** 101 when it let the client in. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of a refusal. */
  readonly body: string;
}

/** What a client asks for beyond the path. */
export interface VisitOptions extends ClientOptions {
  readonly subprotocols?: string[];
}

/** A client that is neither ours nor theirs: npm's `ws`, whoever the server is. */
export class Visitor {
  readonly ws: WebSocket;
  readonly answer: Promise<Answer>;
  /** How it ended: with which close code and reason. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** For bytes that no well-behaved client would send. */
  socket: Socket | undefined;
  readonly #messages: string[] = [];
  #arrived: (() => void) | undefined;

  constructor(port: number, path = '/chat', options: VisitOptions = {}) {
    const { subprotocols = [], ...rest } = options;
    this.ws = new WebSocket(`ws://localhost:${port}${path}`, subprotocols, {
      ...rest,
      createConnection: () => (this.socket = connect(port, 'localhost')),
    });
    this.ws.on('error', () => undefined);
    this.answer = answerTo(this.ws);
    this.closed = new Promise((resolve) => {
      this.ws.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.ws.on('message', (data: Buffer) => {
      this.#messages.push(String(data));
      this.#arrived?.();
    });
    // Who does not want to know is not told when the test ends meanwhile.
    this.answer.catch(() => undefined);
    onTestFinished(() => this.ws.terminate());
  }

  /** Says something, and resolves with the next message. */
  async ask(message: string): Promise<string> {
    this.ws.send(message);
    return this.next();
  }

  /** The next message. */
  async next(): Promise<string> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
    return this.#messages.shift()!;
  }

  /** Resolves when the server has dealt with all that was sent so far. */
  async sync(): Promise<void> {
    this.ws.ping();
    await once(this.ws, 'pong');
  }
}

/** A client that has been let in. */
export async function visit(port: number, path?: string, options?: VisitOptions): Promise<Visitor> {
  const visitor = new Visitor(port, path, options);
  const { status, body } = await visitor.answer;
  if (status !== 101) throw new Error(`refused with ${status}: ${body}`);
  return visitor;
}

/** The answer to a client that may be refused. */
export function knock(port: number, path?: string, options?: VisitOptions): Promise<Answer> {
  return new Visitor(port, path, options).answer;
}

function answerTo(ws: WebSocket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    ws.once('error', reject);
    ws.once('upgrade', ({ headers }: IncomingMessage) => {
      resolve({ status: 101, headers, body: '' });
    });
    ws.once('unexpected-response', (...[, response]: [unknown, IncomingMessage]) => {
      resolve(refusal(response));
    });
  });
}

async function refusal(response: IncomingMessage): Promise<Answer> {
  const body = await text(response).catch(() => '');
  return { status: response.statusCode!, headers: response.headers, body };
}
