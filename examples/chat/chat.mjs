import { broadcast } from '@postern/core';

/** @typedef {import('@postern/core').WebSocket} WebSocket */

const printable = /^[\p{L}\p{M}\p{N} .'_-]{1,24}$/u;

/** A chat in which every name belongs to one person at a time. */
export class Chat {
  /** @type {Map<string, { name: string, ws: WebSocket }>} */
  #members = new Map();

  /**
   * Stands at the door, as in `/chat?name=Ada`: who cannot come in under this name is told so instead of a 101.
   *
   * @type {import('@postern/core').Gatekeeper}
   */
  gatekeeper = (request, ws) => {
    const { status, body, name } = this.ask(request.url);
    if (status !== 200) return ws.refuse(status, { body });
    return this.#enter(ws, name);
  };

  /**
   * What anybody who asks for this URL is told: 200 when the name is free.
   *
   * @param {string} url
   */
  ask(url) {
    const name = nameIn(url);
    if (!printable.test(name)) {
      return { status: 400, body: "A name has 1 to 24 letters, digits, spaces and . ' _ -\n" };
    }
    const holder = this.#members.get(keyOf(name));
    if (holder)
      return { status: 409, body: `${holder.name} is here already. Take another name.\n` };
    return { status: 200, body: `Nobody here is called ${name}.\n`, name };
  }

  /**
   * @param {WebSocket} ws
   * @param {string} name
   */
  async #enter(ws, name) {
    const key = keyOf(name);
    this.#members.set(key, { name, ws }); // Before the 101: of two who ask at once, one gets the name.
    try {
      await ws.accept();
      await this.#talk(ws, name);
    } finally {
      this.#members.delete(key);
    }
  }

  /**
   * @param {WebSocket} ws
   * @param {string} name
   */
  async #talk(ws, name) {
    const here = this.#others(ws).map((other) => other.name);
    await ws.write(JSON.stringify({ you: name, here }));
    this.#tellOthers(ws, { joined: name });
    for await (const line of ws) {
      if (line === 'exit') break;
      if (typeof line === 'string') this.#tellOthers(ws, { from: name, text: line });
    }
    this.#tellOthers(ws, { left: name });
    // Nothing more to say: whoever said “exit” is told 1000.
  }

  /**
   * @param {WebSocket} sender
   * @param {object} message
   */
  #tellOthers(sender, message) {
    const others = this.#others(sender).map(({ ws }) => ws);
    broadcast(others, JSON.stringify(message));
  }

  /** @param {WebSocket} sender */
  #others(sender) {
    return [...this.#members.values()].filter(({ ws }) => ws.isOpen && ws !== sender);
  }
}

/** @param {string} url */
function nameIn(url) {
  const [, query] = url.split('?');
  const name = new URLSearchParams(query).get('name') ?? '';
  return name.normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/** Ada and ADA are the same person. */
function keyOf(name) {
  return name.toLowerCase();
}
