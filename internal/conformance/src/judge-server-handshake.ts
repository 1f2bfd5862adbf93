import { randomBytes } from 'node:crypto';
import type { HandshakeOutcome, ServerHandshakeCase } from './case.js';
import { CaseFailure } from './case-failure.js';
import { Conversation } from './conversation.js';
import { converse } from './converse.js';
import { deliver } from './deliver.js';
import { receiveText, send } from './steps.js';
import { acceptKeyFor } from './wire/accept-key.js';
import { text } from './wire/frames.js';
import { applyEdits, encodeHttpHead, listOf, valuesOf, type HttpHead } from './wire/http-head.js';
import type { RawSocket } from './wire/raw-socket.js';
import { readHttpHead, statusOf } from './wire/read-http-head.js';

const echoHello = [send(text('Hello')), receiveText('Hello')];

/** A request that is right in every respect. RFC 6455, section 4.1. */
export function goodRequest(url: URL): HttpHead {
  return {
    line: `GET ${url.pathname}${url.search} HTTP/1.1`,
    headers: [
      ['Host', url.host],
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Key', randomBytes(16).toString('base64')],
      ['Sec-WebSocket-Version', '13'],
    ],
  };
}

/** Opens a connection for a case that is about something else. */
export async function openConnection(socket: RawSocket, url: URL): Promise<void> {
  const request = goodRequest(url);
  socket.write(encodeHttpHead(request));
  checkSwitch(request, await readHttpHead(socket));
}

/** Runs one case about the opening handshake of a server. */
export async function judgeServerHandshake(
  socket: RawSocket,
  url: URL,
  one: ServerHandshakeCase,
): Promise<void> {
  const edits = typeof one.edits === 'function' ? one.edits(url) : one.edits;
  const request = applyEdits(goodRequest(url), edits);
  const conversation = new Conversation(socket, 'server');
  const head = one.raw ?? encodeHttpHead(request);
  await deliver([Buffer.concat([head, ...conversation.encode(one.glued)])], one, {
    write: (bytes) => socket.write(bytes),
    stopped: () => socket.ended,
  });
  if (one.ending.kind === 'gone') return converse(conversation, one.steps ?? [], one.ending);
  const response = await readHttpHead(socket);
  if (!shouldOpen(one.outcome, response)) return judgeRefusal(socket, one.outcome, response);
  checkSwitch(request, response);
  const fault = one.judge?.(response!);
  if (fault !== undefined) throw new CaseFailure(fault);
  await converse(conversation, one.steps ?? echoHello, one.ending);
}

function shouldOpen(outcome: HandshakeOutcome, response: HttpHead | undefined): boolean {
  if (outcome.kind === 'either') return response !== undefined && statusOf(response) === 101;
  return outcome.kind === 'opens';
}

/** The 101 is one that a client accepts. RFC 6455, section 4.1. */
function checkSwitch(request: HttpHead, response: HttpHead | undefined): void {
  if (response === undefined)
    throw new CaseFailure('expected a 101, found the end of the connection');
  if (statusOf(response) !== 101) throw new CaseFailure(`expected a 101, found ${response.line}`);
  if (!listOf(response, 'Upgrade').includes('websocket'))
    throw new CaseFailure('expected Upgrade: websocket in the 101');
  if (!listOf(response, 'Connection').includes('upgrade'))
    throw new CaseFailure('expected Connection: Upgrade in the 101');
  const key = valuesOf(request, 'Sec-WebSocket-Key')[0]?.trim() ?? '';
  if (valuesOf(response, 'Sec-WebSocket-Accept')[0] !== acceptKeyFor(key)) {
    throw new CaseFailure('expected the accept key of our key, found another');
  }
}

async function judgeRefusal(
  socket: RawSocket,
  outcome: HandshakeOutcome,
  response: HttpHead | undefined,
): Promise<void> {
  if (outcome.kind === 'either') return;
  if (response === undefined)
    throw new CaseFailure('expected a refusal, found the end of the connection');
  if (outcome.kind === 'opens') return;
  const status = statusOf(response);
  if (!outcome.statuses.includes(status)) {
    throw new CaseFailure(`expected status ${outcome.statuses.join(' or ')}, found ${status}`);
  }
  if (outcome.kind === 'answered') return;
  for (const [name, value] of outcome.headers) checkHeader(response, name, value);
  if (!listOf(response, 'Connection').includes('close')) {
    throw new CaseFailure('expected Connection: close in the refusal');
  }
  await onlyABodyFollows(socket, response);
}

function checkHeader(response: HttpHead, name: string, value: string): void {
  const found = valuesOf(response, name).join(' and ');
  if (found !== value)
    throw new CaseFailure(`expected ${name}: ${value}, found ${found || 'none'}`);
}

/** Nothing that was glued to the request is answered, and the connection ends. */
async function onlyABodyFollows(socket: RawSocket, response: HttpHead): Promise<void> {
  while (!socket.ended) await socket.more('end of the refused connection');
  const rest = socket.received.take(socket.received.length);
  const length = valuesOf(response, 'Content-Length')[0];
  if (length !== undefined && rest.length > Number(length)) {
    throw new CaseFailure('more than the body came behind the refusal');
  }
  if (/HTTP\/1\.1 \d{3} /.test(rest.toString('latin1'))) {
    throw new CaseFailure('a second response came behind the refusal');
  }
}
