import { ConnectionClosedError } from '../connection/close-info.js';
import type { Clock } from '../connection/clock.js';
import type { MessageData } from '../connection/message-data.js';
import { harmless } from '../connection/settled.js';
import type { WriteOptions } from '../connection/web-socket-options.js';
import type { WebSocket } from '../connection/web-socket.js';
import { CloseCode } from '../protocol/close-code.js';
import { PosternError, StateError } from '../protocol/errors.js';
import { AwayQueue } from './away-queue.js';
import { Backoff } from './backoff.js';
import { Deadline } from './deadline.js';
import { open } from './open.js';
import {
  resolveReconnectingOptions,
  type LinkState,
  type ReconnectingOptions,
  type ReconnectingSettings,
  type UrlSource,
} from './reconnecting-options.js';
import { PROVIDER_FAILED, retryAfter } from './retry-policy.js';
import { whenAborted } from './when-aborted.js';

/**
 * A client that comes back: `for await (const ws of reconnecting(url))` gives one open connection after another, with a
 * wait between them that grows as long as it does not help. The next round of the loop closes the connection of the
 * last one with 1000; leaving the loop, or aborting `signal`, ends it all.
 * @throws {TypeError | RangeError} when the URL or an option is not what it should be.
 */
export function reconnecting(url: UrlSource, options?: ReconnectingOptions): Reconnecting {
  return new Reconnecting(resolveReconnectingOptions(url, options));
}

/** What `reconnecting` makes: an iterator of connections, and a way to write to whichever is open. */
export class Reconnecting implements AsyncIterableIterator<WebSocket, undefined> {
  readonly #settings: ReconnectingSettings;
  readonly #backoff: Backoff;
  readonly #queue: AwayQueue;
  readonly #stop = new AbortController();
  readonly #connections: AsyncGenerator<WebSocket, undefined>;
  #ws: WebSocket | undefined;
  #state: LinkState['state'] = 'connecting';
  #pending = 0;

  /** For `reconnecting`. */
  constructor(settings: ReconnectingSettings) {
    this.#settings = settings;
    this.#backoff = new Backoff(settings.minDelay, settings.maxDelay);
    this.#queue = new AwayQueue(settings.maxQueue);
    this.#connections = this.#connect();
  }

  /** What it is doing. */
  get state(): LinkState['state'] {
    return this.#state;
  }

  /**
   * The next connection, once it is open; `done` after `signal` has aborted.
   * @throws whatever the option `shouldReconnect` finds not worth another attempt.
   */
  async next(): Promise<IteratorResult<WebSocket, undefined>> {
    this.#pending += 1;
    try {
      return await this.#connections.next();
    } finally {
      this.#pending -= 1;
    }
  }

  /** Closes the connection with 1000, or gives up the attempt, and comes back no more. */
  async return(): Promise<IteratorResult<WebSocket, undefined>> {
    // Whoever waits for a connection is told first: a generator that runs cannot be left.
    if (this.#pending > 0) this.#stop.abort();
    const result = await this.#connections.return(undefined);
    // A generator that has not begun ends without its `finally`.
    this.#finish();
    return result;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** For `await using`: closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /**
   * Sends a message on the connection that is open, as its own `write`. While there is none, the option `whileAway`
   * decides. What a connection took just before it was lost may be lost with it.
   * @throws {StateError} while there is no connection, unless `whileAway` says otherwise.
   * @throws {PosternError} when more than `maxQueue` bytes would wait, or no connection will come any more.
   */
  write(data: MessageData, options?: WriteOptions): Promise<void> {
    if (this.#ws?.isOpen === true) return this.#ws.write(data, options);
    return harmless(this.#writeAway(data, options));
  }

  async #writeAway(data: MessageData, options: WriteOptions | undefined): Promise<void> {
    const { whileAway } = this.#settings;
    if (this.#state === 'closed') throw ended();
    if (whileAway === 'queue') return this.#queue.push(data, options);
    if (whileAway === 'drop') return undefined;
    throw new StateError(
      'POSTERN_ERR_AWAY',
      `write while ${this.#ws?.state ?? this.#state}, expected open; see the option whileAway`,
    );
  }

  async *#connect(): AsyncGenerator<WebSocket, undefined> {
    const { signal } = this.#settings.open;
    if (signal?.aborted === true) this.#stop.abort();
    const forgetSignal = signal && whenAborted(signal, () => this.#stop.abort());
    try {
      for (let error: unknown; !this.#stop.signal.aborted; await this.#pause(error)) {
        const ws = await this.#attempt().catch((reason: unknown) => void (error = reason));
        if (ws !== undefined) {
          yield* this.#serve(ws);
          error = new ConnectionClosedError(ws.closeInfo!);
        }
      }
      return undefined;
    } finally {
      forgetSignal?.();
      this.#finish();
    }
  }

  /** One connection, for as long as the loop's body uses it. */
  async *#serve(ws: WebSocket): AsyncGenerator<WebSocket, void> {
    const { clock, stableAfter } = this.#settings;
    const since = clock.now();
    void ws.closed.then(() => {
      if (clock.now() - since >= stableAfter) this.#backoff.reset();
    });
    this.#ws = ws;
    this.#enter({ state: 'open', ws });
    try {
      yield ws;
    } finally {
      this.#ws = undefined;
      await ws.close();
    }
  }

  async #attempt(): Promise<WebSocket> {
    this.#enter({ state: 'connecting' });
    const { signal } = this.#stop;
    const { url, headers } = await this.#askProviders();
    const ws = await open(url, { ...this.#settings.open, headers, signal });
    try {
      // Whatever else it waits for, with the connection its purpose is gone.
      await Promise.race([this.#settings.greet?.(ws), whenLost(ws)]);
      await this.#queue.flush(ws);
      return ws;
    } catch (error) {
      await ws.close({ code: CloseCode.InternalError });
      throw error;
    }
  }

  /** Asks the functions `url` and `headers`; they have as long as the opening handshake has. */
  async #askProviders() {
    const { clock, timeout, url, headers } = this.#settings;
    const deadline = new Deadline(clock, timeout, this.#stop.signal);
    try {
      const answers = Promise.all([ask('url', url), ask('headers', headers)]);
      const [urlNow, headersNow] = await Promise.race([answers, whenOver(deadline)]);
      return { url: urlNow, headers: headersNow };
    } finally {
      deadline.lift();
    }
  }

  /**
   * Waits before the next attempt.
   * @throws `error` when there is to be none.
   */
  async #pause(error: unknown): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    if (!this.#settings.shouldReconnect(error)) throw error;
    const delay = this.#backoff.next(retryAfter(error));
    this.#enter({ state: 'waiting', delay, error });
    await sleep(delay, this.#settings.clock, signal);
  }

  #finish(): void {
    if (this.#state === 'closed') return;
    this.#enter({ state: 'closed' });
    this.#queue.end(ended());
  }

  #enter(state: LinkState): void {
    this.#state = state.state;
    const { onState, onError } = this.#settings;
    const onMistake = (error: unknown): void => onError(error, undefined);
    try {
      // It may be an async function.
      Promise.resolve(onState?.(state) as unknown).catch(onMistake);
    } catch (error) {
      onMistake(error);
    }
  }
}

/** Resolves after `delay` milliseconds, or when `signal` aborts. */
async function sleep(delay: number, clock: Clock, signal: AbortSignal): Promise<void> {
  let timer: unknown;
  let forgetSignal: (() => void) | undefined;
  await new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, delay);
    // A program that waits to come back has nothing else that keeps it alive.
    (timer as Partial<NodeJS.Timeout>).ref?.();
    forgetSignal = whenAborted(signal, resolve);
  });
  clock.clearTimeout(timer);
  forgetSignal?.();
}

/** Asks a function of the caller; one that fails is wrapped, to be told from what `open` fails with. */
async function ask<Answer>(name: string, provide: () => Answer | PromiseLike<Answer>) {
  try {
    return await provide();
  } catch (cause) {
    throw new PosternError(PROVIDER_FAILED, `the function ${name} failed`, { cause });
  }
}

/** Rejects when the connection has ended. */
function whenLost(ws: WebSocket): Promise<never> {
  return harmless(
    ws.closed.then((close) => {
      throw new ConnectionClosedError(close);
    }),
  );
}

/** Rejects when `deadline` aborts. */
function whenOver({ signal }: Deadline): Promise<never> {
  return harmless(
    new Promise((_, reject) => {
      whenAborted(signal, () => reject(signal.reason as Error));
    }),
  );
}

function ended(): StateError {
  return new StateError('POSTERN_ERR_AWAY', 'write to a client that will not come back');
}
