import { openDefaults } from './client/open-options.js';
import { reconnectingDefaults } from './client/reconnecting-options.js';
import { connectionDefaults } from './connection/options.js';
import { handlerDefaults } from './server/options.js';

/** Every option that has a default value, in one table. Sizes are in bytes, durations in milliseconds. */
export const defaults = Object.freeze({
  ...connectionDefaults,
  ...handlerDefaults,
  ...openDefaults,
  ...reconnectingDefaults,
});
