import type { Context } from 'hono';

/**
 * From here on `context.res.status` says 101 of an answer that lets a client in, as loggers should. A `Response` cannot
 * have that status: it is shown on those that `@hono/node-server` makes, and left alone on Node's own, from which
 * middleware could not make another.
 */
export function showSwitching(context: Context): void {
  const prototype = Object.getPrototypeOf(context) as Context;
  Object.defineProperty(context, 'res', {
    configurable: true,
    get: () => shown(Reflect.get(prototype, 'res', context)),
    set: (response: Response) => {
      Reflect.set(prototype, 'res', response, context);
    },
  });
}

function shown(response: Response): Response {
  if (!response.ok) return response;
  Object.defineProperty(response, 'status', { value: 101, configurable: true });
  try {
    void new Response(null, response);
  } catch {
    Reflect.deleteProperty(response, 'status');
  }
  return response;
}
