const ids = new WeakMap<object, number>();
let last = 0;

/**
 * The short number that the log gives a connection, as in `#7`: for lines of one's own about it. It stays the same for
 * the life of `ws`, and counts from 1 in each process.
 */
export function connectionId(ws: object): number {
  let id = ids.get(ws);
  if (id === undefined) {
    id = nextConnectionId();
    ids.set(ws, id);
  }
  return id;
}

/** A number for a client that never became a WebSocket. */
export function nextConnectionId(): number {
  last += 1;
  return last;
}
