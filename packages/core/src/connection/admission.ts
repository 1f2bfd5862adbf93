/** How a client is let in. */
export interface AcceptOptions {
  /**
   * The subprotocol, one that the client offered.
   * @default the handler's choice: the first of its list that was offered
   */
  readonly subprotocol?: string;
  /** Further headers of the 101. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** What a refused client is told. */
export interface RefuseOptions {
  /** Further headers of the response; an array is one line for each value. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Plain text unless `headers` say otherwise. */
  readonly body?: string;
}

/** What stands behind a server's WebSocket until its opening handshake is decided. */
export interface Admission {
  /** Whether `accept` has been called. */
  readonly isAccepted: boolean;
  /** Lets the client in; the promise resolves when the 101 has gone to the socket. */
  accept(options: AcceptOptions): Promise<void>;
  /** @throws {StateError} once the client has been let in or refused. */
  refuse(status: number, options: RefuseOptions): void;
  /** Ends the handshake at once. */
  terminate(): void;
}
