import { CloseCode, isSendableCloseCode } from '../protocol/close-code.js';
import type { CloseInfo } from './close-info.js';
import { ROOM } from './settled.js';
import { becomeRelayed, forwardTo, isListenResult, type WebSocket } from './web-socket.js';

/** How the two ends of a relay ended. */
export interface RelayEnd {
  /** How `a` ended. */
  readonly a: CloseInfo;
  /** How `b` ended. */
  readonly b: CloseInfo;
}

/**
 * Joins two connections: what comes from one goes to the other, text as text and bytes as bytes, in order and without
 * being decoded. Each side is read only as fast as the other takes it. When one ends, so does the other, with the same close
 * code and reason where these can be sent; a side that was lost is told as 1014, and one that closed without a code as
 * 1000. Resolves, and never rejects, when both are gone. What has not been read of either goes first.
 *
 * Do not give the inner `open` the client's signal: it would close with 1001 before the client's code is passed on.
 * @throws {StateError} before acceptance, and when something else reads one of them: that one is left alone, and `a`, if it
 *   was `b`, closed with 1011, because from then on nobody else can read it.
 */
export async function relay(a: WebSocket, b: WebSocket): Promise<RelayEnd> {
  requireLetIn(a);
  requireLetIn(b);
  const ofA = begin(a, b);
  // A rejection: something else reads it.
  if (!isListenResult(a, ofA)) await ofA;
  const ofB = begin(b, a);
  if (!isListenResult(b, ofB)) {
    void a.close({ code: CloseCode.InternalError });
    await ofB;
  }
  const [endOfA, endOfB] = await Promise.all([
    ofA.then((close) => passOn(close, b)),
    ofB.then((close) => passOn(close, a)),
  ]);
  return { a: endOfA, b: endOfB };
}

/** Where there is no connection yet this throws, and changes nothing. */
function requireLetIn(ws: WebSocket): void {
  if (ws.state === 'connecting') becomeRelayed(ws);
}

/** Reads `from`, unless something else does: that goes on as before, with its text decoded. */
function begin(from: WebSocket, to: WebSocket): Promise<CloseInfo> {
  const listening = from.listen((data) => forward(data, to));
  if (isListenResult(from, listening)) becomeRelayed(from);
  return listening;
}

/** The promise of `write` is what holds the sender back; that the other side has ended is told by its close. */
function forward(data: unknown, to: WebSocket): Promise<void> {
  const written = forwardTo(to, data);
  return written === ROOM ? written : written.catch(ignore);
}

function passOn(close: CloseInfo, to: WebSocket): CloseInfo {
  const code = codeToPassOn(close.code);
  void to.close({ code, reason: isSendableCloseCode(close.code) ? close.reason : '' });
  return close;
}

function codeToPassOn(code: number): number {
  if (isSendableCloseCode(code)) return code;
  return code === CloseCode.NoStatus ? CloseCode.Normal : CloseCode.BadGateway;
}

function ignore(): void {}
