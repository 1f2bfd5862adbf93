import { setImmediate as turn } from 'node:timers/promises';
import type { Delivery } from './case.js';

interface Way {
  readonly write: (bytes: Buffer) => void;
  /** The other side has said its last word: what is left need not go out. */
  readonly stopped: () => boolean;
}

/** Writes pieces in the portions that `delivery` asks for, each in a turn of the event loop of its own. */
export async function deliver(
  pieces: readonly Buffer[],
  { delivery, upTo }: { delivery: Delivery; upTo?: number },
  { write, stopped }: Way,
): Promise<void> {
  for (const portion of cut(pieces, delivery, upTo)) {
    if (stopped()) return;
    write(portion);
    await turn();
  }
}

function cut(pieces: readonly Buffer[], delivery: Delivery, upTo: number | undefined): Buffer[] {
  if (delivery === 'piece by piece') return [...pieces];
  const joined = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  const bytes = joined.subarray(0, upTo);
  if (delivery === 'whole') return [bytes];
  const count = Math.ceil(bytes.length / delivery.chunksOf);
  return Array.from({ length: count }, (nothing, index) =>
    bytes.subarray(index * delivery.chunksOf, (index + 1) * delivery.chunksOf),
  );
}
