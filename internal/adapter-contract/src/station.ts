import assert from 'node:assert/strict';
import { onTestFinished } from 'vitest';

import type { Attachment, AttachOptions, OpenOptions, WebSocket } from '@postern/core';
import { fakeClock, type FakeClock } from '@postern/core/testing';

import type { AdapterUnderTest, BuiltApp } from './adapter-under-test.js';
import type { AppDescription } from './app-description.js';
import { buildOptions, dial, openOver, start, type Transport } from './transport.js';
import type { RawClient } from './wire/raw-client.js';
import type { Lines, RequestLine } from './wire/request-head.js';

/** A framework, and how its clients come. */
export interface Setting {
  readonly adapter: AdapterUnderTest;
  readonly transport: Transport;
}

/** What `onError` heard. */
export interface Heard {
  readonly error: unknown;
  readonly ws: WebSocket | undefined;
}

/** An app that clients may come to, on a clock that stands still; all of it ends with the test. */
export class Station {
  readonly clock: FakeClock;
  readonly app: BuiltApp;
  readonly transport: Transport;
  readonly #heard: Heard[];
  #closed: Promise<void> | undefined;

  constructor(transport: Transport, app: BuiltApp, clock: FakeClock, heard: Heard[]) {
    this.transport = transport;
    this.app = app;
    this.clock = clock;
    this.#heard = heard;
  }

  get attachment(): Attachment {
    return this.app.attachment!;
  }

  /** A client that has said nothing yet. */
  knock(): RawClient {
    return dial(this.app.server, this.transport);
  }

  /** A client that has asked for a WebSocket. */
  ask(target: string, lines?: Lines, line?: RequestLine): RawClient {
    return this.knock().ask(target, lines, line);
  }

  /** A client of ours. */
  open(target: string, options?: OpenOptions): Promise<WebSocket> {
    return openOver(this.app.server, this.transport, target, options);
  }

  /** What `onError` has heard since this was last asked. What nobody asks for fails the test. */
  takeHeard(): Heard[] {
    return this.#heard.splice(0);
  }

  /** Ends the app; twice is once. */
  close(): Promise<void> {
    this.#closed ??= this.app.close();
    return this.#closed;
  }

  /** Ends the app, and checks that nothing went wrong and nothing is left of it. */
  async tearDown(): Promise<void> {
    await this.close();
    assert.equal(this.app.attachment?.connections.size ?? 0, 0, 'a connection is left');
    assert.deepEqual(
      this.#heard.map(({ error }) => error),
      [],
    );
  }
}

/** Builds an app and lets it listen. */
export function openStation(setting: Setting, description: AppDescription): Promise<Station> {
  const { adapter, transport } = setting;
  return openApp(transport, (defaults) => {
    const attach = description.attach !== false && { ...defaults, ...description.attach };
    const whole = { drain: { grace: 0 }, ...description, attach };
    return adapter.build(whole, buildOptions(transport));
  });
}

/** The same for an app that a test writes itself; its `attach`, or what stands for it, should take `options`. */
export async function openApp(
  transport: Transport,
  build: (options: AttachOptions) => BuiltApp | Promise<BuiltApp>,
): Promise<Station> {
  const clock = fakeClock();
  const heard: Heard[] = [];
  const options = {
    clock,
    onError: (error: unknown, ws: WebSocket | undefined) => void heard.push({ error, ws }),
  };
  const station = new Station(transport, await build(options), clock, heard);
  onTestFinished(() => station.tearDown());
  await start(station.app, transport);
  return station;
}
