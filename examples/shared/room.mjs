import { broadcast } from '@postern/core';

/** @typedef {import('@postern/core').WebSocket} WebSocket */
/** @typedef {import('./user.mjs').User} User */

/** Where those who were let in talk. Everyone hears what is said, and who is there. */
export class Room {
  /**
   * One person may be here several times, with a page in each of several tabs.
   *
   * @type {Map<WebSocket, User>}
   */
  #members = new Map();

  /**
   * From the door to the goodbye.
   *
   * @param {WebSocket} ws
   * @param {User} user
   */
  async enter(ws, user) {
    this.#members.set(ws, user);
    try {
      await ws.accept();
      this.#tellWhoIsHere();
      for await (const message of ws) {
        if (typeof message === 'string') this.#tell({ from: user, text: message });
      }
    } finally {
      this.#members.delete(ws);
      this.#tellWhoIsHere();
    }
  }

  /**
   * A session that ends does not end its connections by itself: whoever logs out is shown out.
   *
   * @param {User | undefined} user
   */
  dismiss(user) {
    for (const [ws, member] of this.#members) {
      if (member.id === user?.id) void ws.close({ code: 4001, reason: 'logged out' });
    }
  }

  #tellWhoIsHere() {
    const open = [...this.#members].filter(([ws]) => ws.isOpen);
    const people = new Map(open.map(([, user]) => [user.id, user]));
    this.#tell({ people: [...people.values()] });
  }

  /** @param {object} message */
  #tell(message) {
    broadcast(this.#members.keys(), JSON.stringify(message));
  }
}
