// Runs in the page. A browser's WebSocket does not come back by itself; this one does.

const FIRST_WAIT = 250;
const LONGEST_WAIT = 4000;

/**
 * Keeps a WebSocket open to `path` on the server of the page, and says on the body how it stands.
 *
 * @param {string} path
 * @param {object} listeners
 * @param {(data: string | ArrayBuffer) => void} listeners.message
 * @param {(state: 'connecting' | 'open' | 'closed', closeCode?: number) => void} [listeners.state]
 * @returns {(data: string | ArrayBuffer | Uint8Array) => boolean} sends, unless there is no connection
 */
export function keepConnected(path, { message, state = () => {} }) {
  const address = new URL(path, location.href);
  // `ws:` for a page that came by `http:`, `wss:` for `https:`.
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  let socket;
  let wait = FIRST_WAIT;

  const tell = (name, closeCode) => {
    document.body.dataset.connection = name;
    state(name, closeCode);
  };

  const connect = () => {
    tell('connecting');
    socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      wait = FIRST_WAIT;
      tell('open');
    });
    socket.addEventListener('message', ({ data }) => message(data));
    socket.addEventListener('close', ({ code }) => {
      tell('closed', code);
      // By chance, so that all the pages that a restart has cut off do not come back in the same moment.
      setTimeout(connect, Math.random() * wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  };

  connect();
  return (data) => {
    if (socket.readyState !== WebSocket.OPEN) return false;
    socket.send(data);
    return true;
  };
}
