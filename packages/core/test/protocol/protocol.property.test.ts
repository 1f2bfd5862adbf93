import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Protocol, type Role } from '../../src/protocol/protocol.js';
import { byteByByte, cutAt, surroundings } from '../support/chunks.js';
import { anyStream, legalStream } from '../support/frame-streams.js';
import { roles } from '../support/parsed.js';
import { RecordingSink, type SinkEvent } from '../support/recording-sink.js';
import { ReferenceParser, type ReferenceOptions } from '../support/reference-parser.js';
import { wsEvents } from '../support/ws-frames.js';

/** Small enough to be met now and then. */
const limits = fc.record({
  maxMessageSize: fc.constantFrom(100, 4096, 100_000),
  maxFragments: fc.constantFrom(1, 3, 100),
  allowCompressed: fc.boolean(),
});

const cuts = fc.oneof(
  fc.array(fc.nat(), { maxLength: 20 }),
  fc.array(fc.nat(40), { maxLength: 20 }),
);

function optionsFor(role: Role): fc.Arbitrary<ReferenceOptions> {
  return limits.map((values) => ({ ...values, role }));
}

/** What a protocol tells of `chunks`; `act` is called after each event, with its number. */
function eventsOf(
  chunks: readonly Buffer[],
  options: ReferenceOptions,
  act: (protocol: Protocol, event: number) => void = () => {},
  between: (protocol: Protocol) => void = () => {},
): SinkEvent[] {
  const sink = new RecordingSink();
  const protocol = new Protocol(sink, options);
  sink.afterEach = () => act(protocol, sink.events.length);
  const failed = sink.failed(() => {
    for (const chunk of chunks) {
      protocol.receive(chunk);
      between(protocol);
    }
    while (protocol.hasWaiting) protocol.resume();
  });
  if (failed) protocol.end();
  return sink.events;
}

/** The same where each chunk is lent, in one buffer for all that is filled with something else after each call. */
function lentEventsOf(
  chunks: readonly Buffer[],
  options: ReferenceOptions,
  act: (protocol: Protocol, event: number) => void,
  textAsBytes: boolean,
): RecordingSink {
  const sink = new RecordingSink();
  const protocol = new Protocol(sink, options);
  if (textAsBytes) protocol.keepTextAsBytes();
  sink.afterEach = () => act(protocol, sink.events.length);
  const shared = Buffer.alloc(Math.max(0, ...chunks.map(({ length }) => length)) + 1);
  const failed = sink.failed(() => {
    for (const chunk of chunks) {
      chunk.copy(shared);
      protocol.receiveLent(shared, chunk.length);
      shared.fill(0xa5);
    }
    while (protocol.hasWaiting) protocol.resume();
  });
  if (failed) protocol.end();
  return sink;
}

/** In milliseconds: on a busy machine a law takes seconds. */
const patience = { timeout: 60_000 };

describe.each(roles)('%s: any bytes, right or wrong,', patience, (role) => {
  const inputs = fc.tuple(anyStream(role), optionsFor(role));

  test('in one chunk and one by one are what a reference makes of them', () => {
    fc.assert(
      fc.property(inputs, ([stream, options]) => {
        const expected = new ReferenceParser(options).events(stream);
        expect(eventsOf(cutAt(stream, []), options)).toEqual(expected);
        expect(eventsOf(byteByByte(stream), options)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('at any cut are what they are in one chunk', () => {
    fc.assert(
      fc.property(inputs, cuts, ([stream, options], places) => {
        const expected = eventsOf(cutAt(stream, []), options);
        const chunks = cutAt(stream, places);
        expect(eventsOf(chunks, options)).toEqual(expected);
        for (const chunk of chunks) expect(surroundings(chunk)).toEqual(Buffer.alloc(16));
      }),
      { numRuns: 300 },
    );
  });

  test('are the same however often the sink halts, and whenever it goes on', () => {
    const halts = fc.array(fc.constantFrom('halt', 'halt and resume', 'nothing'), { minLength: 1 });
    const resumes = fc.array(fc.boolean(), { minLength: 1 });
    fc.assert(
      fc.property(inputs, cuts, halts, resumes, ([stream, options], places, acts, goesOn) => {
        let chunk = 0;
        const events = eventsOf(
          cutAt(stream, places),
          options,
          (protocol, event) => {
            const act = acts[event % acts.length]!;
            if (act !== 'nothing') protocol.halt();
            if (act === 'halt and resume') protocol.resume();
          },
          (protocol) => {
            if (goesOn[(chunk += 1) % goesOn.length]!) protocol.resume();
            else protocol.halt();
          },
        );
        expect(events).toEqual(eventsOf(cutAt(stream, []), options));
      }),
      { numRuns: 300 },
    );
  });

  test('are the same when chunks are only lent, and nothing kept of them changes later', () => {
    const halts = fc.array(fc.constantFrom('halt', 'halt and resume', 'nothing'), { minLength: 1 });
    fc.assert(
      fc.property(inputs, cuts, halts, ([stream, options], places, acts) => {
        const act = (protocol: Protocol, event: number): void => {
          const chosen = acts[event % acts.length]!;
          if (chosen !== 'nothing') protocol.halt();
          if (chosen === 'halt and resume') protocol.resume();
        };
        const { events, kept } = lentEventsOf(cutAt(stream, places), options, act, false);
        expect(events).toEqual(eventsOf(cutAt(stream, []), options));
        for (const { bytes, hex } of kept) expect(bytes.toString('hex')).toBe(hex);
        const relayed = lentEventsOf(cutAt(stream, places), options, act, true);
        for (const { bytes, hex } of relayed.kept) expect(bytes.toString('hex')).toBe(hex);
      }),
      { numRuns: 300 },
    );
  });

  test('are the same when the sink itself brings the next chunks', () => {
    fc.assert(
      fc.property(inputs, cuts, ([stream, options], places) => {
        const chunks = cutAt(stream, places);
        const bring = (protocol: Protocol): void => {
          const next = chunks.shift();
          if (next !== undefined) protocol.receive(next);
        };
        const turns = Array.from({ length: chunks.length + 1 }, () => Buffer.alloc(0));
        expect(eventsOf(turns, options, bring, bring)).toEqual(
          eventsOf(cutAt(stream, []), options),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('bring nothing more once the sink has ended', () => {
    fc.assert(
      fc.property(inputs, cuts, fc.nat(5), ([stream, options], places, last) => {
        const chunks = cutAt(stream, places);
        const all = eventsOf(cutAt(stream, []), options);
        const events = eventsOf(chunks, options, (protocol, event) => {
          if (event > last) protocol.end();
        });
        const told = all.filter(([kind]) => kind !== 'failed').length;
        expect(events).toEqual(told > last ? all.slice(0, last + 1) : all);
      }),
      { numRuns: 300 },
    );
  });
});

describe.each(roles)('%s: a stream without faults', patience, (role) => {
  test('is what npm ws makes of it, at any cut', async () => {
    const options: ReferenceOptions = {
      role,
      allowCompressed: false,
      maxMessageSize: 1_000_000,
      maxFragments: 100,
    };
    await fc.assert(
      fc.asyncProperty(legalStream(role), cuts, async (stream, places) => {
        const ours = eventsOf(cutAt(stream, places), options);
        const theirs = await wsEvents([Buffer.from(stream)], role === 'server');
        expect(ours.map((event) => event.slice(0, 2).join(' '))).toEqual(theirs);
      }),
      { numRuns: 150 },
    );
  });
});
