import type { ConnectionOptions } from '@postern/core';

/** What a peer tells of a connection that is over; `refused` is the HTTP status, or 0 where its interface hides it. */
export type Ending =
  | { readonly refused: number }
  | { readonly code: number; readonly reason: string; readonly subprotocol: string };

/** The connection that a peer is to open. */
export interface Dial {
  readonly url: string;
  readonly subprotocols: readonly string[];
  /** Whether to offer permessage-deflate, where that can be chosen. */
  readonly compression: boolean;
}

/** A client that echoes, and does what messages tell it: `!close 4000 reason`, `!ping`, `!fragments`. */
export interface PeerClient {
  dial(dial: Dial): Promise<Ending>;
  stop(): Promise<void>;
}

/** A server that does the same, on every path but `/refused`. It knows the subprotocol `echo.postern`. */
export interface PeerServer {
  readonly url: string;
  readonly secureUrl: string;
  /** How the connection on `path` ends. */
  ending(path: string): Promise<Ending>;
  stop(): Promise<void>;
}

/** What a peer can do, where they differ. */
export interface Skills {
  /** What is different when messages are compressed. */
  readonly compressed?: Partial<Skills>;
  /**
   * How we compress with it.
   * @default true
   */
  readonly compression?: ConnectionOptions['compression'];
  /** Mistakes the parameters of permessage-deflate. */
  readonly noParameters?: boolean;
  /** Fails on empty messages. */
  readonly neverEmpty?: boolean;
  /** Answers no close frame that comes while it has much to write. */
  readonly rudeWhenBusy?: boolean;
  /** Fails on many large messages at once. */
  readonly neverInBulk?: boolean;
  /** Fails on messages that cannot be made shorter. */
  readonly neverNoise?: boolean;

  /** Sends pings when told to. */
  readonly pings?: boolean;
  /** Sends fragments when told to. */
  readonly fragments?: boolean;
  /** Does not tell with which status it was refused. */
  readonly hidesStatus?: boolean;
  /**
   * What it sends when it is to close and no code is given.
   * @default 1005, which is none
   */
  readonly bareCloseCode?: number;
  /**
   * Where its answer to a close frame differs from that.
   * @default {}
   */
  readonly closeAnswer?: { readonly code?: number; readonly reason?: string };
  /** Compresses nothing, although it agrees to; it inflates. */
  readonly onlyInflates?: boolean;
}

/** The one subprotocol that both sides know. */
export const SUBPROTOCOL = 'echo.postern';

/** How to talk with a peer. */
export interface Way {
  readonly secure: boolean;
  readonly compression: boolean;
  /** What the peer can do then. */
  readonly skills: Omit<Skills, 'compressed'>;
  /** Whether a few words are enough, since TLS and compression are unlikely to meddle with each other. */
  readonly brief: boolean;
}

export function waysOf({ compressed, ...skills }: Skills): readonly Way[] {
  const whenCompressed = { ...skills, ...compressed };
  return [
    { secure: false, compression: false, brief: false, skills },
    { secure: true, compression: false, brief: true, skills },
    { secure: false, compression: true, brief: true, skills: whenCompressed },
    { secure: true, compression: true, brief: false, skills: whenCompressed },
  ];
}
