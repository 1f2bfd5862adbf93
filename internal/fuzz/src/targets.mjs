import { deflate } from './targets/deflate.mjs';
import { frames } from './targets/frames.mjs';
import { handshakes } from './targets/handshakes.mjs';

/** @type {readonly import('./fuzz.mjs').Target[]} */
export const targets = [frames, handshakes, deflate];
