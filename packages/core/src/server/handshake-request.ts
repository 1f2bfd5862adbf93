import { fieldValue, type NodeLikeHeaders, type RequestHead } from '../handshake/request-head.js';

/** What a request must have to be judged; `http.IncomingMessage` has it. */
export interface IncomingRequest extends RequestHead {
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
  /** Express puts the URL that the client sent here, and one relative to the mount into `url`. */
  readonly originalUrl?: string | undefined;
}

/**
 * The opening handshake's request as a gatekeeper sees it: the same light object in every framework.
 * It holds nothing of the framework but `context`.
 */
export class HandshakeRequest<Context = unknown> implements RequestHead {
  /** `'GET'`, as an opening handshake must be. */
  readonly method: string;
  /** The original path and query, also below a mount point. */
  readonly url: string;
  /** As in `'1.1'`. */
  readonly httpVersion: string;
  /** In Node's shape: names in lower case. Any may be absent. */
  readonly headers: NodeLikeHeaders;
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
  /** The framework's own request or context; `undefined` on bare `node:http`. */
  readonly context: Context;
  readonly #socket: IncomingRequest['socket'];
  readonly #trustProxy: boolean;
  readonly #ended: { readonly signal: AbortSignal };

  /** `ended.signal` aborts when the handshake comes to nothing, or the connection ends. */
  constructor(
    request: IncomingRequest,
    context: Context,
    trustProxy: boolean,
    ended: { readonly signal: AbortSignal },
  ) {
    this.method = request.method ?? 'GET';
    this.url = request.originalUrl ?? request.url ?? '/';
    this.httpVersion = request.httpVersion ?? '1.1';
    this.headers = request.headers;
    this.rawHeaders = request.rawHeaders ?? [];
    this.context = context;
    // Asked for its address when somebody wants it: that is a system call.
    this.#socket = request.socket;
    this.#trustProxy = trustProxy;
    this.#ended = ended;
  }

  /** Aborts when the client leaves, the deadline passes or the connection ends. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** See the function `clientAddress`. */
  get clientAddress(): string {
    return addressOf({ headers: this.headers, socket: this.#socket }, this.#trustProxy);
  }
}

/** A request that no gatekeeper has seen yet. */
export function undecidedRequest(
  request: IncomingRequest,
  trustProxy: boolean,
): HandshakeRequest<undefined> {
  return new HandshakeRequest(request, undefined, trustProxy, undecided);
}

const undecided = {
  get signal(): AbortSignal {
    return new AbortController().signal;
  },
};

/**
 * The address that `request` came from. Where a proxy is trusted it is the last of `X-Forwarded-For`: that one was written
 * by the proxy next to us, the ones before it by whoever sent the request.
 */
export function addressOf({ headers, socket }: IncomingRequest, trustProxy: boolean): string {
  const remoteAddress = socket?.remoteAddress ?? '';
  if (!trustProxy) return remoteAddress;
  const forwarded = fieldValue(headers, 'x-forwarded-for') ?? '';
  return forwarded.slice(forwarded.lastIndexOf(',') + 1).trim() || remoteAddress;
}

/**
 * The address that the request came from; with the option `trustProxy`, the one that the proxy saw.
 * Empty where there is none, as over a Unix socket.
 */
export function clientAddress(request: HandshakeRequest | IncomingRequest): string {
  if ('clientAddress' in request) return request.clientAddress;
  return request.socket?.remoteAddress ?? '';
}
