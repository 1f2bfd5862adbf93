import { CaseFailure } from '../case-failure.js';
import type { CaseHead } from '../case.js';
import { encodeFrame } from '../wire/frame.js';
import { binary, continuation, declaring, ping, text, unfinished } from '../wire/frames.js';
import {
  binaryFrame,
  longMessage,
  manyConnections,
  manyPromises,
  neverRead,
  repeated,
} from './attacks.js';

const mib = 1_048_576;

export interface FloodCase extends CaseHead {
  /** Bytes of resident memory by which the server may grow. */
  readonly growth: number;
  readonly attack: (url: URL) => Promise<void>;
}

type Row = readonly [
  id: string,
  title: string,
  growth: number,
  attack: (url: URL) => Promise<void>,
];

const rows: readonly Row[] = [
  [
    '5.4/flood-of-empty-fragments',
    'a million empty fragments of one message cost a bounded amount of memory',
    32 * mib,
    (url) => longMessage(url, '', 1_000_000),
  ],
  [
    '5.4/flood-of-one-byte-fragments',
    'a million fragments of one byte cost a bounded amount of memory',
    32 * mib,
    (url) => longMessage(url, 'a', 1_000_000),
  ],
  [
    '5.4/flood-of-one-byte-fragments-on-200-connections',
    'two hundred connections with 16,000 fragments of one byte each cost a bounded amount of memory',
    32 * mib,
    (url) =>
      manyConnections(
        url,
        200,
        unfinished(text('a')),
        repeated(unfinished(continuation('a')), 16_000),
      ),
  ],
  [
    '5.4/flood-of-empty-fragments-on-200-connections',
    'two hundred connections with 16,000 empty fragments each cost a bounded amount of memory',
    32 * mib,
    (url) =>
      manyConnections(url, 200, unfinished(text()), repeated(unfinished(continuation()), 16_000)),
  ],
  [
    '5.2/promises-on-200-connections',
    'two hundred connections that each announce a message of 1 MiB and send 100 bytes cost little memory',
    32 * mib,
    (url) => {
      const header = declaring(binary(Buffer.alloc(100)), mib);
      return manyPromises(url, 200, encodeFrame(header, 'client'));
    },
  ],
  [
    '7.4.1/promises-over-the-limit',
    'two hundred connections that each announce 2^50 bytes cost little memory',
    16 * mib,
    (url) => manyConnections(url, 200, declaring(binary(), 2n ** 50n)),
  ],
  ...[16, 1_024, 100_000].map((size): Row => [
    `5.6/never-reads-echoes-of-${size}`,
    `a peer that sends messages of ${size} bytes and never reads the echoes costs little memory`,
    16 * mib,
    (url) => neverReadEchoes(url, size),
  ]),
  [
    '5.5.3/never-reads-pongs',
    'a peer that sends pings and never reads the pongs costs little memory',
    16 * mib,
    async (url) => {
      await neverRead(url, encodeFrame(ping('x'.repeat(125)), 'client'), 128 * mib);
    },
  ],
];

/** A server that takes in everything although no echo is read has them all in memory, or has lost them. */
async function neverReadEchoes(url: URL, size: number): Promise<void> {
  const poured = await neverRead(url, binaryFrame(size), 128 * mib);
  if (poured === 'sent')
    throw new CaseFailure('the server took in 128 MiB whose echoes nobody read');
}

/** Attacks on the memory and the attention of a server; each needs a server of its own to be measured. */
export const floodCases: readonly FloodCase[] = rows.map(([id, title, growth, attack]) => ({
  id,
  title,
  severity: 'postern',
  growth,
  attack,
}));
