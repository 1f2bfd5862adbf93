import type { Server } from 'node:http';

import type { AttachOptions, DrainOptions, Gatekeeper, HandlerOptions } from '@postern/core';

import type { Exchange } from './exchange.js';

/** An app in words that every framework can be told. */
export interface AppDescription {
  /** Run for every request, in this order. */
  readonly layers?: readonly Layer[];
  readonly routes?: readonly Route[];
  readonly mounts?: readonly Mount[];
  /** The app's own handling of errors; without it the framework's. */
  readonly onError?: (error: Error) => { readonly status: number; readonly body: string };
  /** Options of `attach`, or of the plugin that stands for it; false for an app whose server nobody attaches. */
  readonly attach?: Omit<AttachOptions, 'websocket'> | false;
  /** Adds listeners to the server before anybody attaches it. */
  readonly beforeAttach?: (server: Server) => unknown;
  /** How the app is closed. */
  readonly drain?: DrainOptions;
}

/** What a framework calls middleware or hooks: something before the handler, and something after it. */
export interface Layer {
  /** A layer that answers ends the chain. */
  before?(exchange: Exchange): unknown;
  /** After the handler has answered, and before the head of the response is written. */
  after?(exchange: Exchange): unknown;
}

export type Route = WebSocketRoute | PlainRoute;

/** What the framework answers a GET of `path` with. */
export interface PlainRoute {
  /** A parameter is written as in `/rooms/:room`. */
  readonly path: string;
  get(exchange: Exchange): unknown;
}

/** A `WebSocketHandler`. */
export interface WebSocketRoute {
  readonly path: string;
  readonly websocket: Gatekeeper;
  readonly options?: HandlerOptions;
}

/** Routes and layers below a prefix: of the framework's router, or of a whole app that is mounted in another. */
export interface Mount {
  readonly prefix: string;
  readonly kind: 'router' | 'app';
  readonly layers?: readonly Layer[];
  readonly routes?: readonly Route[];
  readonly mounts?: readonly Mount[];
}
