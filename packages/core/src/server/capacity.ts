import type { WebSocket } from '../connection/web-socket.js';
import { refusal, type Refusal } from '../handshake/refusal.js';

/** How many clients a server takes on. */
export interface CapacityLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxPendingHandshakes: number;
}

/** Seconds after which a client that found no room may ask again. RFC 9110, section 10.2.3. */
const RETRY_AFTER = '5';

/** Counts clients by their address, where that is limited, from the moment their handshake begins. */
export class Capacity {
  readonly #limits: CapacityLimits;
  readonly #counts = new Map<string, number>();
  readonly #addresses = new WeakMap<WebSocket, string>();

  constructor(limits: CapacityLimits) {
    this.#limits = limits;
  }

  /** Whether clients are to be told apart by address at all. */
  get countsAddresses(): boolean {
    return this.#limits.maxConnectionsPerAddress < Infinity;
  }

  /** The refusal of a client at `address` with so many others before it; undefined while there is room. */
  refusalFor(address: string, connections: number, pending: number): Refusal | undefined {
    const { maxConnections, maxConnectionsPerAddress, maxPendingHandshakes } = this.#limits;
    if (pending >= maxPendingHandshakes)
      return noRoom(503, 'too many opening handshakes are under way');
    if (connections + pending >= maxConnections) return noRoom(503, 'the server is full');
    if (!this.countsAddresses || this.#of(address) < maxConnectionsPerAddress) return undefined;
    return noRoom(429, 'too many connections from this address');
  }

  enter(ws: WebSocket, address: string): void {
    if (!this.countsAddresses) return;
    this.#addresses.set(ws, address);
    this.#counts.set(address, this.#of(address) + 1);
  }

  leave(ws: WebSocket): void {
    const address = this.#addresses.get(ws);
    if (address === undefined) return;
    this.#addresses.delete(ws);
    const count = this.#of(address) - 1;
    if (count > 0) this.#counts.set(address, count);
    else this.#counts.delete(address);
  }

  #of(address: string): number {
    return this.#counts.get(address) ?? 0;
  }
}

function noRoom(status: number, reason: string): Refusal {
  return refusal(status, `${reason}\n`, { 'Retry-After': RETRY_AFTER });
}
