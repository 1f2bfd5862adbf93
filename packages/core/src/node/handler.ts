import type { Gatekeeper, GateKeeping } from '../server/gate.js';
import { resolveHandlerOptions, type HandlerOptions } from '../server/options.js';
import { Registry } from '../server/registry.js';

/** A gatekeeper with its options resolved, and everyone it has let in. */
export interface Handler<Context> extends GateKeeping {
  readonly gatekeeper: Gatekeeper<Context>;
}

/** @throws {TypeError | RangeError} when the gatekeeper or an option is not what it should be. */
export function createHandler<Context>(
  gatekeeper: Gatekeeper<Context>,
  options: HandlerOptions,
  registry?: Registry,
): Handler<Context> {
  if (typeof gatekeeper !== 'function') {
    throw new TypeError(`gatekeeper is ${typeof gatekeeper}, expected a function`);
  }
  const settings = resolveHandlerOptions(options);
  const everyone = registry ?? new Registry(settings.connection.clock, settings.capacity);
  return {
    gatekeeper,
    settings,
    registry: everyone,
    hooks: { onError: settings.onError, onClosed: (ws) => everyone.delete(ws) },
  };
}
