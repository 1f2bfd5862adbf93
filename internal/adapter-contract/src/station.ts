import assert from 'node:assert/strict';
import { onTestFinished } from 'vitest';

import type { Attachment, OpenOptions, WebSocket } from '@postern/core';
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
  /** What its server is attached with. */
  readonly attachOptions: AppDescription['attach'];
  readonly #setting: Setting;
  readonly #heard: Heard[];
  #closed: Promise<void> | undefined;

  constructor(
    setting: Setting,
    app: BuiltApp,
    attachOptions: AppDescription['attach'],
    clock: FakeClock,
    heard: Heard[],
  ) {
    this.#setting = setting;
    this.app = app;
    this.attachOptions = attachOptions;
    this.clock = clock;
    this.#heard = heard;
  }

  get attachment(): Attachment {
    return this.app.attachment!;
  }

  get transport(): Transport {
    return this.#setting.transport;
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
export async function openStation(setting: Setting, description: AppDescription): Promise<Station> {
  const clock = fakeClock();
  const heard: Heard[] = [];
  const attach = description.attach !== false && {
    clock,
    onError: (error: unknown, ws: WebSocket | undefined) => void heard.push({ error, ws }),
    ...description.attach,
  };
  const { adapter, transport } = setting;
  const app = await adapter.build(
    { drain: { grace: 0 }, ...description, attach },
    buildOptions(transport),
  );
  const station = new Station(setting, app, attach, clock, heard);
  onTestFinished(() => station.tearDown());
  await start(app, transport);
  return station;
}
