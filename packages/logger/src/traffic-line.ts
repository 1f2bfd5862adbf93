import type {
  CloseEvent,
  CloseInfo,
  ErrorEvent,
  HandshakeEvent,
  MessageEvent,
  Role,
  WebSocket,
} from '@postern/core';

import { closeReasonText, closeText } from './close-text.js';
import { connectionId, nextConnectionId } from './connection-id.js';
import { tallyText, type ConnectionRecord } from './connection-record.js';
import { connectionDetails, connectionFields, connectionState } from './connection-text.js';
import { codeOf, errorFields, errorText } from './error-text.js';
import type { Level } from './level.js';
import { payloadText } from './payload-text.js';
import { printable } from './printable.js';
import { bytesText, durationText } from './quantity.js';
import type { Redaction } from './redaction.js';
import { headerFields, requestFields, requestText, type RequestLike } from './request-text.js';
import type { TrafficId } from './traffic-options.js';
import type { Fields } from './writer.js';

/** A line about a connection. */
export interface TrafficLine {
  readonly id: TrafficId;
  /** The usual one; an option may say otherwise. */
  readonly level: Level;
  readonly connection: number;
  readonly text: string;
  /** What a machine reads. */
  readonly details: Fields;
  readonly err?: object;
}

const LONGEST_BODY = 200;

/** The server is at fault, or has no room. */
const FIRST_SERVER_ERROR = 500;

/** What was agreed on, where it is told. */
type SeenHandshake = HandshakeEvent & { readonly subprotocol?: string | undefined };

/** An opening handshake that was decided. */
export function handshakeLine(event: SeenHandshake, redaction: Redaction): TrafficLine {
  const { ws, request, outcome, status, error, subprotocol = '' } = event;
  const asked: RequestLike = request;
  const agreed =
    subprotocol === '' ? '' : `, subprotocol ${redaction.subprotocols([subprotocol])[0]}`;
  const why = error === undefined ? '' : `: ${reasonOf(error)}`;
  const result = status === undefined ? outcome : `${outcome} ${status}`;
  const thrown = thrownBy(error);
  return {
    id: outcome,
    level: handshakeLevel(event, thrown !== undefined),
    connection: ws === undefined ? nextConnectionId() : connectionId(ws),
    text: `${result} ${requestText(asked, redaction)}${agreed}${why}`,
    details: {
      ...requestFields(asked, redaction),
      role: roleOf(event),
      status,
      code: codeOf(error),
      reason: error && reasonOf(error),
    },
    ...(thrown !== undefined && { err: errorFields(thrown) }),
  };
}

/** Which end tells of a handshake: only a client asks for a whole URL. */
export function roleOf({ ws, request }: HandshakeEvent): Role {
  return ws?.role ?? (/^[a-z+]+:\/\//i.test(request.url) ? 'client' : 'server');
}

function handshakeLevel({ status = 0 }: HandshakeEvent, isThrown: boolean): Level {
  if (isThrown) return 'error';
  return status >= FIRST_SERVER_ERROR ? 'warn' : 'wslog';
}

/** What a gatekeeper threw. */
function thrownBy(error: Error | undefined): unknown {
  return codeOf(error) === 'POSTERN_ERR_GATEKEEPER' ? error?.cause : undefined;
}

/** A refusal has a body that says more than its code does. */
function reasonOf(error: Error): string {
  if (codeOf(error) !== 'POSTERN_ERR_HANDSHAKE_REFUSED') return errorText(error);
  const { body = '' } = error as { body?: string };
  return printable(body.trim(), LONGEST_BODY) || printable(error.message);
}

/** The headers of a request, all of them. */
export function headersLine(event: HandshakeEvent, redaction: Redaction, id: number): TrafficLine {
  const headers = headerFields(event.request.headers, redaction);
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return {
    id: 'headers',
    level: 'trace',
    connection: id,
    text: `headers ${shown.join('; ')}`,
    details: { headers },
  };
}

/** A connection that is open. A client's is the first that is heard of it, where no handshake was told. */
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
  const connection = ws === undefined ? nextConnectionId() : connectionId(ws);
  if (guarded !== undefined) {
    const text = `${guarded} failed: ${errorText(error)}`;
    return { id: 'guarded', level: 'debug', connection, text, details: { guarded } };
  }
  const text = `failed in the code that serves it: ${errorText(error)}`;
  return { id: 'error', level: 'error', connection, text, details: {}, err: errorFields(error) };
}

/** Milliseconds, to the tenth. */
function rounded(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 10) / 10;
}
