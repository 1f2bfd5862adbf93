import { CloseCode, isSendableCloseCode } from '../protocol/close-code.js';
import type { CloseInfo } from './close-info.js';
import { ROOM } from './settled.js';
import { becomeRelayed, forwardTo, type WebSocket } from './web-socket.js';

/** How the two ends of a relay ended. */
export interface RelayEnd {
  readonly a: CloseInfo;
  readonly b: CloseInfo;
}

/**
 * Joins two connections: what comes from one goes to the other, text as text and bytes as bytes, in order and without
 * being decoded. Each side is read only as fast as the other takes it. When one ends, so does the other, with the same close
 * code and reason where these can be sent; a side that was lost is told as 1014, and one that closed without a code as
 * 1000. Resolves, and never rejects, when both are gone. What has not been read of either goes first.
 * @throws {StateError} when something else reads one of them.
 */
export async function relay(a: WebSocket, b: WebSocket): Promise<RelayEnd> {
  becomeRelayed(a);
  becomeRelayed(b);
  const listening = [a.listen((data) => forward(data, b)), b.listen((data) => forward(data, a))];
  const [endOfA, endOfB] = await Promise.all([
    listening[0]!.then((close) => passOn(close, b)),
    listening[1]!.then((close) => passOn(close, a)),
  ]);
  return { a: endOfA, b: endOfB };
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
