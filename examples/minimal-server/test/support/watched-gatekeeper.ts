import type { Gatekeeper, WebSocket } from '@postern/core';
import { gatekeeper } from '../../gatekeeper.mjs';

/** One visit as the server sees it: the connection, and the promise of what the gatekeeper does with it. */
export interface Visit {
  readonly ws: WebSocket;
  readonly life: Promise<unknown>;
}

/** The demo's own gatekeeper, with a record of whom it has seen. */
export function watchedGatekeeper(): { readonly visits: Visit[]; readonly websocket: Gatekeeper } {
  const visits: Visit[] = [];
  const websocket: Gatekeeper = (request, ws) => {
    const life = Promise.resolve(gatekeeper(request, ws));
    visits.push({ ws, life });
    return life;
  };
  return { visits, websocket };
}
