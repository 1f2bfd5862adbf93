/** A promise that somebody else settles. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void;
  let reject: (error: Error) => void;
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle));
  // Whoever awaits it still sees it.
  promise.catch(() => undefined);
  return { promise, resolve: resolve!, reject: reject! };
}
