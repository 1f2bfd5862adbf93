import type { Gatekeeper } from '@postern/core';

import type { Layer } from './app-description.js';
import type { Deferred } from './deferred.js';

/** Echoes what it hears. */
export const echo: Gatekeeper = (request, ws) => {
  void ws.listen((data) => ws.write(data));
};

/** Says one thing, then stays until the client leaves. */
export function greet(text: string): Gatekeeper {
  return async (request, ws) => {
    await ws.accept();
    await ws.write(text);
    for await (const message of ws) void message;
  };
}

/** A layer that takes its time: says that it was asked, and goes on when it is told to. */
export function thinking(asked: Deferred<void>, word: Deferred<void>): Layer {
  return {
    before: () => {
      asked.resolve();
      return word.promise;
    },
  };
}
