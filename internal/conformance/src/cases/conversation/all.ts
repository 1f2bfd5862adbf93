import type { ConversationCase } from '../../case.js';
import { byteByByte } from './byte-by-byte.js';
import { closing } from './closing.js';
import { control } from './control.js';
import { fragmentation } from './fragmentation.js';
import { framing } from './framing.js';
import { limits } from './limits.js';
import { masking } from './masking.js';
import { pings } from './pings.js';
import { reserved } from './reserved.js';
import { sizesAndCounts } from './sizes.js';
import { utf8 } from './utf8.js';

const written: readonly ConversationCase[] = [
  ...framing,
  ...reserved,
  ...masking,
  ...control,
  ...pings,
  ...fragmentation,
  ...utf8,
  ...closing,
  ...limits,
  ...sizesAndCounts,
];

/** Everything that happens on an open connection, for either role, and once more byte by byte where it is small. */
export const conversationCases: readonly ConversationCase[] = written.flatMap((original) => {
  const chunked = byteByByte(original);
  return chunked === undefined ? [original] : [original, chunked];
});
