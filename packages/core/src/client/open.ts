import { Socket } from 'node:net';

import type { ConnectionSettings } from '../connection/options.js';
import type { ErrorListener } from '../connection/web-socket-options.js';
import { isOrdinaryEnd, openWebSocket, WebSocket } from '../connection/web-socket.js';
import { CloseCode } from '../protocol/close-code.js';
import { Deadline } from './deadline.js';
import { unguard } from './dial.js';
import { HandshakeReport } from './handshake-report.js';
import { resolveOpenOptions, type OpenOptions, type OpenSettings } from './open-options.js';
import { askToUpgrade, type Question, type Upgraded } from './opening-request.js';
import { followRedirect, notFollowed, withoutCredentials } from './redirect.js';
import { isSameOrigin, parseTarget, type Target } from './target.js';
import { whenAborted } from './when-aborted.js';

/**
 * Opens a WebSocket; `await using` closes it at the end of the scope. RFC 6455, section 4.1.
 *
 * `url` is a `ws:`, `wss:`, `http:` or `https:` URL, or a Unix socket as `ws+unix:/path/to/socket:/path?query`. User
 * and password in it are sent as basic authentication.
 * @throws {HandshakeError} when the server refuses (it has status, headers and the first 64 KiB of the body), answers
 *   wrongly, not in time or not at all.
 * @throws {TypeError | RangeError} when the URL or an option is not what it should be.
 * @throws the signal's reason when `signal` aborts before the connection is open.
 */
export function open(url: string | URL, options?: OpenOptions): Promise<WebSocket>;
/**
 * Opens a WebSocket for as long as `use` runs, and resolves with what it returns. When it has returned, what is
 * buffered goes out and the connection closes with 1000; when it throws, with 1011, and `open` rejects with the same.
 * Either way the socket is gone when the promise settles.
 */
export function open<Result>(
  url: string | URL,
  use: (ws: WebSocket) => Result | PromiseLike<Result>,
  options?: OpenOptions,
): Promise<Result>;
export async function open<Result>(
  url: string | URL,
  useOrOptions?: ((ws: WebSocket) => Result | PromiseLike<Result>) | OpenOptions,
  options?: OpenOptions,
): Promise<Result | WebSocket> {
  if (typeof useOrOptions !== 'function') return connect(url, useOrOptions);
  const ws = await connect(url, options);
  return closeAfter(ws, useOrOptions, options?.signal);
}

async function closeAfter<Result>(
  ws: WebSocket,
  use: (ws: WebSocket) => Result | PromiseLike<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  let result: Result;
  try {
    result = await use(ws);
  } catch (error) {
    await ws.close({ code: CloseCode.InternalError });
    if (isOrdinaryEnd(ws, error)) signal?.throwIfAborted();
    throw error;
  }
  await ws.close();
  return result;
}

async function connect(url: string | URL, options: OpenOptions | undefined): Promise<WebSocket> {
  const settings = resolveOpenOptions(options);
  const { socketPath } = settings;
  const target = parseTarget(url);
  const where = socketPath === undefined ? target : { ...target, socketPath };
  const report = new HandshakeReport();
  try {
    return adopt(await askInTime(where, settings, report), settings, report);
  } catch (error) {
    report.failed(error);
    throw error;
  }
}

async function askInTime(
  target: Target,
  settings: OpenSettings,
  report: HandshakeReport,
): Promise<Upgraded> {
  const { connection, timeout, signal } = settings;
  signal?.throwIfAborted();
  const deadline = new Deadline(connection.clock, timeout, signal);
  try {
    return await askAround({ target, settings, report }, deadline);
  } finally {
    deadline.lift();
  }
}

/** Asks, and asks elsewhere as often as redirects are allowed. */
async function askAround(
  first: Omit<Question, 'mayRedirect'>,
  deadline: Deadline,
): Promise<Upgraded> {
  const { maxRedirects } = first.settings;
  const mayRedirect = maxRedirects > 0;
  let { target, settings } = first;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await askToUpgrade({ ...first, target, settings, mayRedirect }, deadline);
    if ('socket' in answer) return answer;
    if (redirects === maxRedirects) {
      throw notFollowed(answer, `expected at most ${maxRedirects} redirects, got more`);
    }
    const next = followRedirect(target, answer);
    if (!isSameOrigin(target, next)) settings = withoutCredentials(settings);
    target = next;
  }
}

/** Makes the socket a WebSocket. Nothing of the handshake is held from here on. */
function adopt(
  { socket, head, choice }: Upgraded,
  settings: OpenSettings,
  report: HandshakeReport,
): WebSocket {
  if (settings.signal?.aborted === true) {
    socket.destroy();
    settings.signal.throwIfAborted();
  }
  if (socket instanceof Socket) socket.setNoDelay(true);
  const ws = createWebSocket(settings.connection, settings.onError, settings.signal);
  // Before the first message, and before the channel for what is open.
  report.accepted(ws, choice.subprotocol);
  openWebSocket(ws, socket, [head], choice);
  unguard(socket);
  return ws;
}

function createWebSocket(
  settings: ConnectionSettings,
  onError: ErrorListener,
  signal: AbortSignal | undefined,
): WebSocket {
  if (signal === undefined) return new WebSocket('client', settings, { onError, onClosed: ignore });
  const ws = new WebSocket('client', settings, { onError, onClosed: () => forgetSignal() });
  const forgetSignal = whenAborted(signal, () => void ws.close({ code: CloseCode.GoingAway }));
  return ws;
}

function ignore(): void {}
