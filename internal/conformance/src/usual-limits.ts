import type { Limits } from './case.js';

/** What a peer is taken to have been started with when nobody said anything else. */
export const usualLimits: Limits = { maxMessageSize: 1_048_576 };
