import type { CloseInfo, MessageEvent } from '@postern/core';

import { tallyText, type Tally } from './connection-record.js';
import { countText, durationText } from './quantity.js';
import type { TrafficLine } from './traffic-line.js';

/** Counts what happens, for one line about all of it now and then. */
export class TrafficSummary {
  #open: number;
  #counts: Counts;

  /** `open` is how many connections there are. */
  constructor(open: number) {
    this.#open = open;
    this.#counts = new Counts(open);
  }

  accepted(): void {
    this.#counts.accepted += 1;
  }

  refused(status: number | undefined): void {
    this.#counts.refused.add(status ?? 0);
  }

  failed(): void {
    this.#counts.failed += 1;
  }

  opened(): void {
    this.#open += 1;
    this.#counts.most = Math.max(this.#counts.most, this.#open);
  }

  closed({ code }: CloseInfo): void {
    // It may have been open before anybody counted.
    this.#open = Math.max(0, this.#open - 1);
    this.#counts.closed.add(code);
  }

  erred(): void {
    this.#counts.errors += 1;
  }

  message({ direction, size }: MessageEvent): void {
    const tally = this.#counts[direction];
    tally.messages += 1;
    tally.bytes += size;
  }

  /** What happened since the last line, and from now on anew; undefined for nothing. `isCounted` says whether messages were. */
  takeLine(isCounted: boolean): TrafficLine | undefined {
    const counts = this.#counts;
    const open = this.#open;
    this.#counts = new Counts(open);
    const what = counts.parts(isCounted);
    if (what.length === 0) return undefined;
    const most = counts.most > open ? `, at most ${counts.most}` : '';
    const duration = performance.now() - counts.since;
    return {
      id: 'summary',
      level: 'wslog',
      connection: undefined,
      text: `in ${durationText(duration)}: ${what.join(', ')}; ${open} open${most}`,
      details: { duration: Math.round(duration), ...counts.fields(isCounted), open },
    };
  }
}

/** What happened within one span of time. */
class Counts {
  readonly since = performance.now();
  accepted = 0;
  readonly refused = new CodeCount();
  failed = 0;
  readonly closed = new CodeCount();
  errors = 0;
  readonly received: Tally = { messages: 0, bytes: 0 };
  readonly sent: Tally = { messages: 0, bytes: 0 };
  /** The most connections that were open at a time. */
  most: number;

  constructor(open: number) {
    this.most = open;
  }

  /** What happened at all, in words. */
  parts(isCounted: boolean): string[] {
    const { accepted, refused, failed, closed, errors, received, sent } = this;
    const parts = [];
    if (accepted > 0) parts.push(`${accepted} accepted`);
    if (refused.total > 0) parts.push(`${refused.total} refused (${refused.text})`);
    if (failed > 0) parts.push(`${failed} failed`);
    if (closed.total > 0) parts.push(`${closed.total} closed (${closed.text})`);
    if (errors > 0) parts.push(countText(errors, 'error'));
    if (isCounted && received.messages > 0) parts.push(`received ${tallyText(received)}`);
    if (isCounted && sent.messages > 0) parts.push(`sent ${tallyText(sent)}`);
    return parts;
  }

  /** The same for machines. */
  fields(isCounted: boolean) {
    const { accepted, refused, failed, closed, errors, received, sent, most } = this;
    const codes = { refused: refused.fields, closed: closed.fields };
    return { accepted, failed, errors, ...codes, most, ...(isCounted && { received, sent }) };
  }
}

/** How often each status or close code came. */
class CodeCount {
  readonly #counts = new Map<number, number>();
  total = 0;

  add(code: number): void {
    this.total += 1;
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  /** `12 x 401, 3 x 403`: the most frequent first. */
  get text(): string {
    const entries = [...this.#counts].toSorted(([, one], [, other]) => other - one);
    return entries.map(([code, count]) => `${count} x ${code}`).join(', ');
  }

  get fields(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
