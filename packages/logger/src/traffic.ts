import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import type {
  CloseEvent,
  ErrorEvent,
  HandshakeEvent,
  MessageEvent,
  OpenEvent,
  WebSocket,
} from '@postern/core';

import { ConnectionRecord } from './connection-record.js';
import type { Level } from './level.js';
import { RecentStacks } from './recent-stacks.js';
import {
  closeLine,
  controlLine,
  errorLine,
  handshakeLine,
  headersLine,
  messageLine,
  openLine,
  type TrafficLine,
} from './traffic-line.js';
import type { TrafficId, TrafficSettings } from './traffic-options.js';
import { TrafficSummary } from './traffic-summary.js';
import { warnOnce } from './warn-once.js';
import { originOf } from './web-socket-logger.js';

/** Turns what the channels tell into lines. */
export class Traffic {
  readonly #settings: TrafficSettings;
  /** Undefined for those of the whole process. */
  readonly #ours: ReadonlySet<WebSocket> | undefined;
  readonly #records = new WeakMap<WebSocket, ConnectionRecord>();
  readonly #channels: readonly (readonly [name: string, listener: (event: unknown) => void])[];
  readonly #onMessage = this.#careful((event) => this.#message(event as MessageEvent));
  #watchesMessages = false;
  /** Grows as messages begin to be watched. */
  #watch = 0;
  #stopLevels: (() => void) | undefined;
  readonly #stacks = new RecentStacks();
  readonly #summary: TrafficSummary;
  #summaryTimer: NodeJS.Timeout | undefined;
  /** What `#watch` was at the last summary. */
  #summedWatch = 0;

  constructor(settings: TrafficSettings, ours: ReadonlySet<WebSocket> | undefined) {
    this.#settings = settings;
    this.#ours = ours;
    this.#summary = new TrafficSummary(ours?.size ?? 0);
    this.#channels = [
      ['postern:handshake', this.#careful((event) => this.#handshake(event as HandshakeEvent))],
      ['postern:open', this.#careful((event) => this.#open(event as OpenEvent))],
      ['postern:error', this.#careful((event) => this.#error(event as ErrorEvent))],
      ['postern:close', this.#careful((event) => this.#close(event as CloseEvent))],
    ];
  }

  start(): void {
    for (const ws of this.#ours ?? []) this.#records.set(ws, new ConnectionRecord(undefined, 0));
    for (const [name, listener] of this.#channels) subscribe(name, listener);
    this.#stopLevels = originOf(this.#settings.logger).journal.onLevelChange(() => this.#choose());
    this.#choose();
    this.#summedWatch = this.#watch;
    const { summary } = this.#settings;
    if (summary > 0) this.#summaryTimer = setInterval(() => this.#sumUp(), summary).unref();
  }

  stop(): void {
    clearInterval(this.#summaryTimer);
    for (const [name, listener] of this.#channels) unsubscribe(name, listener);
    this.#stopLevels?.();
    this.#watchMessages(false);
    if (this.#settings.ownsLogger) this.#settings.logger.close();
  }

  /** What a channel calls must not throw: that would end the process. */
  #careful(listener: (event: unknown) => void): (event: unknown) => void {
    return (event) => {
      try {
        listener(event);
      } catch (error) {
        warnOnce(this, 'traffic could not be logged', error);
      }
    };
  }

  /** Whoever subscribes to messages slows them down a little, so it is done only for a line that is shown. */
  #choose(): void {
    const { counts, pings } = this.#settings;
    const wanted =
      this.#shows('message', 'debug') ||
      this.#shows('ping', pings > 0 ? 'wslog' : 'debug') ||
      this.#shows('pong', pings > 0 ? 'wslog' : 'debug') ||
      (counts && this.#shows('close', 'wslog'));
    this.#watchMessages(wanted);
  }

  #shows(id: TrafficId, level: Level): boolean {
    const { levels, logger } = this.#settings;
    return logger.isLevelEnabled(levels[id] ?? level);
  }

  #watchMessages(wanted: boolean): void {
    if (wanted === this.#watchesMessages) return;
    this.#watchesMessages = wanted;
    this.#watch += 1;
    if (wanted) subscribe('postern:message', this.#onMessage);
    else unsubscribe('postern:message', this.#onMessage);
  }

  // What the channels tell.

  #handshake(event: HandshakeEvent): void {
    const { ws, outcome } = event;
    if (!this.#isOurHandshake(event)) return;
    if (outcome === 'refused') this.#summary.refused(event.status);
    else this.#summary[outcome]();
    const redaction = this.#redaction;
    const line = handshakeLine(event, redaction);
    if (ws !== undefined && outcome === 'accepted') this.#remember(ws);
    this.#write(line);
    if (this.#shows('headers', 'trace'))
      this.#write(headersLine(event, redaction, line.connection));
  }

  #open({ ws }: OpenEvent): void {
    if (!this.#isOurs(ws)) return;
    const isKnown = this.#records.has(ws);
    if (!isKnown) this.#remember(ws);
    if (this.#shows('open', isKnown ? 'debug' : 'wslog')) {
      this.#write(openLine(ws, isKnown, this.#redaction));
    }
  }

  #message(event: MessageEvent): void {
    const { ws, kind, size } = event;
    // A number in place of a message is told before it is refused.
    if (size === undefined || !this.#isOurs(ws)) return;
    const record = this.#recordOf(ws);
    record.count(event);
    if (kind === 'ping' || kind === 'pong') {
      this.#control({ ...event, kind }, record);
      return;
    }
    this.#summary.message(event);
    if (this.#shows('message', 'debug')) this.#write(messageLine(event, this.#settings.payload));
  }

  #control(
    event: MessageEvent & { readonly kind: 'ping' | 'pong' },
    record: ConnectionRecord,
  ): void {
    const { direction, kind } = event;
    if (kind === 'ping' && direction === 'sent') record.pinged();
    const roundTrip = kind === 'pong' && direction === 'received' ? record.roundTrip() : undefined;
    const isEarly = direction === 'received' && record.controls[kind] <= this.#settings.pings;
    const level = isEarly ? 'wslog' : 'debug';
    if (this.#shows(kind, level)) this.#write(controlLine(event, level, roundTrip));
  }

  #error(event: ErrorEvent): void {
    const { ws, guarded } = event;
    // What belongs to no connection may be another server's: better told twice than not at all.
    if (ws !== undefined && !this.#isOurs(ws)) return;
    if (guarded === undefined) this.#summary.erred();
    if (guarded === undefined || this.#shows('guarded', 'debug')) this.#write(errorLine(event));
  }

  #close(event: CloseEvent): void {
    const { ws, close } = event;
    // Of a handshake that came to nothing there was a line.
    if (close.cause?.name === 'HandshakeError' || !this.#isOurs(ws)) return;
    this.#summary.closed(close);
    const record = this.#recordOf(ws);
    const isCounted =
      this.#settings.counts && record.openedAt !== undefined && record.watch === this.#watch;
    this.#write(closeLine(event, record, isCounted && this.#watchesMessages));
  }

  #sumUp(): void {
    const { counts } = this.#settings;
    const isCounted = counts && this.#watchesMessages && this.#summedWatch === this.#watch;
    this.#summedWatch = this.#watch;
    const line = this.#summary.takeLine(isCounted);
    if (line !== undefined) this.#write(line);
  }

  // Whose they are.

  #isOurHandshake({ connections }: HandshakeEvent): boolean {
    return this.#ours === undefined || connections === this.#ours;
  }

  /** One that has ended is in no set any more, but there is a record of it. */
  #isOurs(ws: WebSocket): boolean {
    return this.#ours === undefined || this.#records.has(ws) || this.#ours.has(ws);
  }

  #remember(ws: WebSocket): void {
    this.#summary.opened();
    this.#records.set(ws, new ConnectionRecord(performance.now(), this.#watch));
  }

  #recordOf(ws: WebSocket): ConnectionRecord {
    let record = this.#records.get(ws);
    if (record === undefined) {
      record = new ConnectionRecord(undefined, this.#watch);
      this.#records.set(ws, record);
    }
    return record;
  }

  // Where they go.

  get #redaction() {
    return originOf(this.#settings.logger).journal.describer.redaction;
  }

  #write(line: TrafficLine): void {
    const { id, connection, text, details, err } = line;
    const { journal, fields, limit } = originOf(this.#settings.logger);
    const scope = 'traffic';
    const traffic = { connection, ...details };
    journal.enter({
      level: this.#settings.levels[id] ?? line.level,
      scope,
      id,
      limit,
      render: () => ({
        text: connection === undefined ? text : `#${connection} ${text}`,
        fields: {
          ...fields,
          scope,
          id,
          traffic,
          ...(err && { err: this.#stacks.shorten(err, connection) }),
        },
      }),
    });
  }
}
