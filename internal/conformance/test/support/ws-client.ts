import { WebSocket } from 'ws';

/** The plainest echo client on npm ws, without extensions. */
export function connectWs(url: string, maxPayload: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, { perMessageDeflate: false, maxPayload });
    let opened = false;
    ws.on('open', () => {
      opened = true;
    });
    // Errors after the opening are the peer's; the close event follows and tells the end.
    ws.on('error', (error) => {
      if (!opened) reject(error);
    });
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
    ws.on('close', () => resolve());
  });
}
