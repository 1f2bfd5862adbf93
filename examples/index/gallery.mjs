import { broadcast } from '@postern/core';
import { HostedExample } from './hosted-example.mjs';

/** The examples that have a page, how each of them stands, and everybody who wants to know. */
export class Gallery {
  /** @type {Map<string, HostedExample>} */
  #hosted;
  /** @type {Set<import('@postern/core').WebSocket>} */
  #watchers = new Set();

  /** @param {import('./examples.mjs').Example[]} examples */
  constructor(examples) {
    const onChange = () => broadcast(this.#watchers, this.#states());
    const withPage = examples.filter(({ kind }) => kind !== 'terminal');
    this.#hosted = new Map(
      withPage.map(({ name, program }) => {
        const print = (/** @type {string} */ line) => console.log(`${name} │ ${line}`);
        return [name, new HostedExample(program, { onChange, print })];
      }),
    );
  }

  /**
   * Answers `/open/chat`: to the example's page, once it is there, or back to this one, which says what went wrong.
   *
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async open(request, response) {
    const name = request.url.slice('/open/'.length);
    const example = this.#hosted.get(name);
    if (!example) return response.writeHead(404).end('There is no such example.\n');
    // The page of somebody else has no business starting programs here.
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      return response.writeHead(403).end('Open it from the page of the examples.\n');
    }
    const port = await example.open();
    const location = port ? `http://${hostnameOf(request)}:${port}/` : `/#${name}`;
    return response.writeHead(303, { location, 'cache-control': 'no-store' }).end();
  }

  /**
   * Tells how the examples stand, now and whenever that changes.
   *
   * @param {import('@postern/core').WebSocket} ws
   */
  async watch(ws) {
    await ws.accept();
    this.#watchers.add(ws);
    await ws.write(this.#states());
    await ws.listen(() => {}); // Nothing is expected; this waits for the end.
    this.#watchers.delete(ws);
  }

  async stop() {
    await Promise.all([...this.#hosted.values()].map((example) => example.stop()));
  }

  #states() {
    const entries = [...this.#hosted].map(([name, { state, problem }]) => [
      name,
      { state, problem },
    ]);
    return JSON.stringify(Object.fromEntries(entries));
  }
}

/** As the visitor calls this machine. */
function hostnameOf({ headers: { host } }) {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : 'localhost';
}
