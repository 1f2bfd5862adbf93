import type { Server } from 'node:http';

import type { Attachment } from '@postern/core';

import type { AppDescription } from './app-description.js';

/** What the suite needs to know of a framework: how an app that is described in neutral words is written in it. */
export interface AdapterUnderTest {
  readonly name: string;
  /** The answer to an ordinary GET on a WebSocket route: the next handler's, or 426. */
  readonly plainGet: 'next' | 426;
  /** What an error of an un-attached server tells the user to write. */
  readonly missingLine: string;
  build(app: AppDescription, options: BuildOptions): BuiltApp | Promise<BuiltApp>;
  /** What the framework's own request or context says of a URL parameter. */
  parameterOf(context: unknown, name: string): string | undefined;
}

export interface BuildOptions {
  /** Key and certificate of a `node:https` server; without it the app is served by `node:http`. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
}

/** Where to listen. */
export type Place = { readonly port: number; readonly host: string } | { readonly path: string };

export interface BuiltApp {
  readonly server: Server;
  /** Undefined where the description says that nobody attaches. */
  readonly attachment: Attachment | undefined;
  /** Resolves when clients may come. */
  listen(place: Place): Promise<void>;
  /** Resolves when clients may come in memory. */
  ready(): Promise<void>;
  /** Ends everything, in the way that a user of the framework would, with the description's `drain`. */
  close(): Promise<void>;
}
