import type {
  CloseEvent,
  CloseInfo,
  ErrorEvent,
  HandshakeEvent,
  MessageEvent,
  WebSocket,
} from '@postern/core';

import { closeReasonText, closeText } from './close-text.js';
import { connectionId, nextConnectionId } from './connection-id.js';
import { tallyText, type ConnectionRecord } from './connection-record.js';
import { connectionDetails, connectionFields, connectionState } from './connection-text.js';
import { codeOf, errorFields, errorText, type ErrorFields } from './error-text.js';
import type { Level } from './level.js';
import { payloadText } from './payload-text.js';
import { printable } from './printable.js';
import { bytesText, durationText } from './quantity.js';
import type { Redaction } from './redaction.js';
import { headerFields, offeredSubprotocols, requestFields, requestText } from './request-text.js';
import type { TrafficId } from './traffic-options.js';
import type { Fields } from './writer.js';

/** A line about a connection. */
export interface TrafficLine {
  readonly id: TrafficId;
  /** The usual one; an option may say otherwise. */
  readonly level: Level;
  /** Undefined for what belongs to no connection. */
  readonly connection: number | undefined;
  readonly text: string;
  /** What a machine reads. */
  readonly details: Fields;
  readonly err?: ErrorFields;
}

const LONGEST_BODY = 200;

const FIRST_ERROR = 400;

/** The server is at fault, or has no room. */
const FIRST_SERVER_ERROR = 500;

/** An opening handshake that was decided. */
export function handshakeLine(event: HandshakeEvent, redaction: Redaction): TrafficLine {
  const { ws, role, request, outcome, status, error, connections } = event;
  const reason = reasonOf(event);
  const agreed = agreedSubprotocol(event, redaction);
  const thrown = thrownBy(error);
  const asked = handshakeText(event, redaction);
  const parts = [status === undefined ? `${outcome} ${asked}` : `${outcome} ${status} ${asked}`];
  if (agreed !== undefined) parts.push(`subprotocol ${agreed}`);
  if (outcome === 'accepted' && connections !== undefined) parts.push(`${connections.size} open`);
  return {
    id: outcome,
    level: handshakeLevel(event, thrown !== undefined),
    connection: ws === undefined ? nextConnectionId() : connectionId(ws),
    text: `${parts.join(', ')}${reason === undefined ? '' : `: ${reason}`}`,
    details: {
      ...requestFields(request, redaction),
      role,
      status,
      subprotocol: agreed,
      open: connections?.size,
      code: codeOf(error),
      reason,
    },
    ...(thrown !== undefined && { err: errorFields(thrown) }),
  };
}

/** A server tells who asked for what, a client where it asked. */
function handshakeText({ role, request }: HandshakeEvent, redaction: Redaction): string {
  if (role === 'server') return requestText(request, redaction);
  return `at ${requestFields(request, redaction).target}`;
}

/** Whoever offers a token as a subprotocol may get it back. */
function agreedSubprotocol(
  { subprotocol, request }: HandshakeEvent,
  redaction: Redaction,
): string | undefined {
  if (subprotocol === '') return undefined;
  const index = offeredSubprotocols(request).indexOf(subprotocol);
  const shown = requestFields(request, redaction).subprotocols[index];
  return shown ?? printable(redaction.subprotocols([subprotocol])[0]!);
}

function handshakeLevel({ role, status = 0, error }: HandshakeEvent, isThrown: boolean): Level {
  if (isThrown) return 'error';
  // A client that was not let in is this program's own; one that gave up knows why.
  const isFailure = role === 'client' ? codeOf(error)?.startsWith('POSTERN_') : false;
  return isFailure === true || status >= FIRST_SERVER_ERROR ? 'warn' : 'wslog';
}

/** What a gatekeeper threw. */
function thrownBy(error: Error | undefined): unknown {
  return codeOf(error) === 'POSTERN_ERR_GATEKEEPER' ? error?.cause : undefined;
}

/** A refusal has a body that says more than its code does. */
function reasonOf({ error, status = 0 }: HandshakeEvent): string | undefined {
  if (error === undefined) return undefined;
  const code = codeOf(error);
  const { body = '' } = error as { body?: string };
  const said = printable(body.trim(), LONGEST_BODY);
  if (code === 'POSTERN_ERR_HANDSHAKE_REFUSED') return said || printable(error.message);
  const isPlainRefusal = code === 'POSTERN_ERR_HANDSHAKE_STATUS' && status >= FIRST_ERROR;
  if (!isPlainRefusal) return errorText(error);
  // Its message repeats the status; a page for browsers says no more.
  return /^[^<]/.test(said) ? said : undefined;
}

/** The headers of a request, all of them. */
export function headersLine(
  event: HandshakeEvent,
  redaction: Redaction,
  connection: number | undefined,
): TrafficLine {
  const headers = headerFields(event.request.headers, redaction);
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return {
    id: 'headers',
    level: 'trace',
    connection,
    text: `headers ${shown.join('; ')}`,
    details: { headers },
  };
}

/** A connection that is open; the first that is heard of one without an opening handshake of ours. */
export function openLine(ws: WebSocket, isKnown: boolean, redaction: Redaction): TrafficLine {
  const what = [connectionState(ws), ...connectionDetails(ws, redaction)].join(', ');
  return {
    id: 'open',
    level: isKnown ? 'debug' : 'wslog',
    connection: connectionId(ws),
    text: `open ${what}`,
    details: connectionFields(ws, redaction),
  };
}

/** A message that was received or sent. */
export function messageLine(event: MessageEvent, limit: number): TrafficLine {
  const { ws, direction, kind, size } = event;
  const payload = payloadText(event, limit);
  return {
    id: 'message',
    level: 'debug',
    connection: connectionId(ws),
    text: `${direction} ${kind}, ${bytesText(size)}${payload === '' ? '' : `: ${payload}`}`,
    details: { direction, kind, size, ...(payload !== '' && { payload }) },
  };
}

/** A ping or pong; `roundTrip` is that of a pong that was waited for, in milliseconds. */
export function controlLine(
  event: MessageEvent & { readonly kind: 'ping' | 'pong' },
  level: Level,
  roundTrip: number | undefined,
): TrafficLine {
  const { ws, direction, kind, size } = event;
  const after = roundTrip === undefined ? '' : `, ${durationText(roundTrip)} after the ping`;
  return {
    id: kind,
    level,
    connection: connectionId(ws),
    text: `${direction} ${kind}, ${bytesText(size)}${after}`,
    details: { direction, kind, size, roundTrip: rounded(roundTrip) },
  };
}

/** A connection that has ended. `isCounted` says whether the record has all of its messages. */
export function closeLine(
  { ws, close }: CloseEvent,
  { duration, received, sent }: ConnectionRecord,
  isCounted: boolean,
): TrafficLine {
  const lasted = duration === undefined ? '' : ` after ${durationText(duration)}`;
  const amounts = isCounted ? `, received ${tallyText(received)}, sent ${tallyText(sent)}` : '';
  const why = closeReasonText(close);
  return {
    id: 'close',
    level: closeLevel(close),
    connection: connectionId(ws),
    text: `closed ${closeText(close)}${lasted}${amounts}${why === '' ? '' : `: ${why}`}`,
    details: {
      ...closeFields(close),
      duration: rounded(duration),
      ...(isCounted && { received, sent }),
    },
  };
}

/** A client that does not take what is sent is something to look into. */
function closeLevel({ cause }: CloseInfo): Level {
  return codeOf(cause) === 'POSTERN_ERR_SEND_BUFFER_FULL' ? 'warn' : 'wslog';
}

function closeFields({ code, reason, wasClean, initiator, cause }: CloseInfo): Fields {
  return { code, reason, wasClean, initiator, cause: cause && errorText(cause) };
}

/** User code that failed, or a guarded method that says no more than that it did. */
export function errorLine({ ws, error, guarded }: ErrorEvent): TrafficLine {
  const connection = ws && connectionId(ws);
  if (guarded !== undefined) {
    const text = `${guarded} failed: ${errorText(error)}`;
    return { id: 'guarded', level: 'debug', connection, text, details: { guarded } };
  }
  const where = ws === undefined ? 'outside any connection' : 'in the code that serves it';
  const text = `failed ${where}: ${errorText(error)}`;
  return { id: 'error', level: 'error', connection, text, details: {}, err: errorFields(error) };
}

/** Milliseconds, to the tenth. */
function rounded(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 10) / 10;
}
