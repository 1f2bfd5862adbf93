type Callback = () => void;

/** Who waits for a signal. One listener serves them all: Node warns of a leak above ten on one signal. */
const waiting = new WeakMap<AbortSignal, Set<Callback>>();

/** Calls `callback` when `signal`, which has not been aborted yet, aborts. Returns what takes that back. */
export function whenAborted(signal: AbortSignal, callback: Callback): () => void {
  let callbacks = waiting.get(signal);
  if (callbacks === undefined) {
    callbacks = new Set();
    waiting.set(signal, callbacks);
    signal.addEventListener('abort', onAbort, { once: true });
  }
  callbacks.add(callback);
  return () => forget(signal, callback);
}

function onAbort(this: AbortSignal): void {
  const callbacks = waiting.get(this) ?? [];
  for (const callback of callbacks) callback();
  waiting.delete(this);
}

function forget(signal: AbortSignal, callback: Callback): void {
  const callbacks = waiting.get(signal);
  if (callbacks?.delete(callback) !== true || callbacks.size > 0) return;
  waiting.delete(signal);
  signal.removeEventListener('abort', onAbort);
}
