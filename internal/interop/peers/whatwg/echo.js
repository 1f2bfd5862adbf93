/**
 * Echoes on one connection of the `WebSocket` that is there, and does what it is told: `!close 4000 reason`, or `!close`.
 * It stands alone, so that it can be sent into a page.
 *
 * @param {{ url: string, subprotocols: string[] }} connection
 * @returns {Promise<{ refused: number } | { code: number, reason: string, subprotocol: string }>}
 */
export function echo({ url, subprotocols }) {
  return new Promise((resolve) => {
    const ws = new WebSocket(url, subprotocols);
    let opened = false;
    ws.binaryType = 'arraybuffer';
    ws.addEventListener('open', () => (opened = true));
    ws.addEventListener('message', ({ data }) => {
      const [command, code, ...reason] = typeof data === 'string' ? data.split(' ') : [];
      if (command !== '!close') ws.send(data);
      else if (code) ws.close(Number(code), reason.join(' '));
      else ws.close();
    });
    ws.addEventListener('close', ({ code, reason }) =>
      resolve({ code, reason, subprotocol: ws.protocol }),
    );
    // No WebSocket of this interface says why it was refused; that of Node 22 does not even close.
    ws.addEventListener('error', () => opened || resolve({ refused: 0 }));
  });
}
