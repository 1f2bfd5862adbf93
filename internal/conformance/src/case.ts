import type { Frame, Role } from './wire/frame.js';
import type { Edit, HttpHead } from './wire/http-head.js';
import type { Conversation } from './conversation.js';

/**
 * `must`: RFC 6455 says so, or leaves the choice and the case accepts every one of them.
 * `postern`: stricter than the RFC, or this library's own promise; others may differ and still be right.
 */
export type Severity = 'must' | 'postern';

export interface CaseHead {
  /** The section of RFC 6455, a slash, and a name: `5.2/length-126-in-64-bits`. */
  readonly id: string;
  /** A sentence about the behaviour that is expected. */
  readonly title: string;
  readonly severity: Severity;
}

/** What the peer under test was started with; some cases depend on it. */
export interface Limits {
  /** Largest message that the peer accepts, in bytes. */
  readonly maxMessageSize: number;
}

export interface Message {
  readonly type: 'text' | 'binary';
  readonly payload: Buffer;
}

/** What is put on the wire: frames, or bytes that are no frame of ours. */
export type Piece = Frame | Uint8Array;

/** How the bytes of one `send` are cut into writes. */
export type Delivery = 'whole' | 'piece by piece' | { readonly chunksOf: number };

export type Step =
  | {
      readonly kind: 'send';
      readonly pieces: readonly Piece[];
      readonly delivery: Delivery;
      readonly upTo?: number;
    }
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'pong'; readonly payload: Buffer }
  | { readonly kind: 'newest pong'; readonly payloads: readonly Buffer[] }
  | { readonly kind: 'check'; readonly find: (conversation: Conversation) => string | undefined }
  | { readonly kind: 'finish' }
  | { readonly kind: 'reset' };

export type CloseCodeSeen = number | 'none';

/** How a conversation has to end once its steps are done. */
export type Ending =
  /** A ping is answered, nothing else has come, and a closing handshake that we begin succeeds. */
  | { readonly kind: 'alive' }
  /** Our close frame, which is among the steps, is answered with one of `codes`; then TCP ends. */
  | {
      readonly kind: 'closed';
      readonly codes: readonly CloseCodeSeen[];
      readonly mayEcho: readonly Message[];
    }
  /**
   * The peer fails the connection with one of `codes` and ends TCP; `mayEcho` may come before that.
   * `answered`: its close frame gets an answer, which it need not wait for.
   */
  | {
      readonly kind: 'failed';
      readonly codes: readonly number[];
      readonly mayEcho: readonly Message[];
      readonly answered: boolean;
    }
  /** TCP ends, whatever came before. */
  | { readonly kind: 'ended' }
  /** We are gone; nothing is asked of this connection any more. */
  | { readonly kind: 'gone' };

/** A script that runs once a connection is open, with either role as the one under test. */
export interface ConversationCase extends CaseHead {
  readonly roles: readonly Role[];
  readonly steps: (limits: Limits) => readonly Step[];
  readonly ending: Ending;
  /** Messages as large as this must be accepted, else the case is skipped. */
  readonly largestMessage: number;
  /** Why the case makes no sense under these limits, if so. */
  readonly skip?: (limits: Limits) => string | undefined;
  /** Times the usual timeout of silence; above 1 the case moves so many bytes that few such cases run at once. */
  readonly patience: number;
  /** The server must answer a new connection afterwards. */
  readonly thenStillServes: boolean;
}

/** What must become of an opening handshake. */
export type HandshakeOutcome =
  | { readonly kind: 'opens' }
  | {
      readonly kind: 'refused';
      readonly statuses: readonly number[];
      readonly headers: readonly HeaderClaim[];
    }
  /** An ordinary answer that is no 101; the connection may live on as HTTP. */
  | { readonly kind: 'answered'; readonly statuses: readonly number[] }
  /** Opened or refused in good order: nothing hangs, nothing crashes. */
  | { readonly kind: 'either' };

/** A header of the answer: its name and the only value it may have. */
export type HeaderClaim = readonly [name: string, value: string];

export interface ServerHandshakeCase extends CaseHead {
  readonly edits: readonly Edit[] | ((url: URL) => readonly Edit[]);
  /** Sent instead of an edited request. */
  readonly raw?: Buffer;
  /** Sent in the same write as the request. */
  readonly glued: readonly Piece[];
  readonly delivery: Delivery;
  readonly outcome: HandshakeOutcome;
  /** Looks at a 101: what is wrong with it, if anything. */
  readonly judge?: (response: HttpHead) => string | undefined;
  /** Runs after the 101; left out: a message is echoed. */
  readonly steps?: readonly Step[];
  readonly ending: Ending;
}

/** What a client under test sent to open a connection. */
export interface SeenRequest {
  readonly head: HttpHead;
  /** Where the client was told to go. */
  readonly url: URL;
  /** Bytes after the head that came before our answer. */
  readonly early: number;
}

export interface ClientRequestCase extends CaseHead {
  /** Appended to the path of the URL that the client is given. */
  readonly suffix: string;
  /** How often the client connects. */
  readonly connections: number;
  readonly judge: (requests: readonly SeenRequest[]) => string | undefined;
}

export interface ClientResponseCase extends CaseHead {
  readonly edits: readonly Edit[];
  /** Sent instead of an edited response. */
  readonly raw?: Buffer;
  /** Sent in the same write as the response. */
  readonly glued: readonly Piece[];
  readonly delivery: Delivery;
  /** What we do after an answer that the client must refuse: wait for it to leave, or leave first. */
  readonly afterwards: 'wait' | 'finish' | 'reset' | 'endless body';
  readonly outcome: 'opens' | 'refused';
  /** Why the case makes no sense after such a request, if so. */
  readonly skip?: (request: HttpHead) => string | undefined;
  readonly steps?: readonly Step[];
  readonly ending: Ending;
}

export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What was found instead, or why the case was skipped. */
  readonly detail?: string;
  /** The bytes that the case sends, in hex, when they are few. */
  readonly bytes?: string;
}
