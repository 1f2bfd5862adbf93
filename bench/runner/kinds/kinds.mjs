import { measureClient } from './client.mjs';
import { measureEcho } from './echo.mjs';
import { measureHandshake } from './handshake.mjs';
import { measureLoop } from './loop.mjs';
import { measureIdle, measureMemory } from './memory.mjs';

/** @import { Context, Sample } from '../measure.mjs' */
/** @import { Kind } from '../workloads.mjs' */

/**
 * How a kind of row is measured, and what its figures are.
 *
 * @typedef {object} KindOfRow
 * @property {(context: Context) => Promise<Sample>} measure
 * @property {string} cost what one figure is
 * @property {string} [counted] what is counted in a second, where something is
 */

/** @type {Readonly<Record<Kind, KindOfRow>>} */
export const kinds = {
  echo: { measure: measureEcho, cost: 'CPU µs/message', counted: 'messages/s' },
  broadcast: { measure: measureEcho, cost: 'CPU µs/delivery', counted: 'deliveries/s' },
  client: { measure: measureClient, cost: 'CPU µs/message', counted: 'messages/s' },
  handshake: { measure: measureHandshake, cost: 'CPU µs/handshake', counted: 'handshakes/s' },
  idle: { measure: measureIdle, cost: 'bytes/connection' },
  memory: { measure: measureMemory, cost: 'bytes/connection' },
  loop: { measure: measureLoop, cost: 'µs on the loop', counted: 'messages/s' },
};
