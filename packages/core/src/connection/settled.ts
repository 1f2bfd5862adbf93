function ignore(): void {}

/** Marks `promise` so that nobody need await it: a rejection is seen by whoever does, and harmless otherwise. */
export function harmless<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore);
  return promise;
}

/** A rejected promise that never becomes an unhandled rejection. */
export function rejected(error: unknown): Promise<never> {
  return harmless(Promise.reject(error as Error));
}

/** "There is room": the one promise that every `write` returns while there is. */
export const ROOM: Promise<void> = Promise.resolve();

export const NO_ROOM: Promise<boolean> = Promise.resolve(false);
export const HAD_ROOM: Promise<boolean> = Promise.resolve(true);
