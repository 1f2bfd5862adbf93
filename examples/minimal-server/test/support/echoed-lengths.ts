/**
 * Sends one binary message of each length from within a page, one after the other, to the host of that page.
 * The lengths of those that came back as binary with none of their bytes changed.
 *
 * Runs in the page, so it can use nothing from outside.
 */
export async function echoedLengths(lengths: number[]): Promise<number[]> {
  const socket = new WebSocket(location.href.replace('http', 'ws'));
  socket.binaryType = 'arraybuffer';
  const failed = new Promise<never>((_, reject) => {
    socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)));
  });
  const opened = new Promise<void>((resolve) => {
    socket.addEventListener('open', () => resolve());
  });
  const nextMessage = () =>
    new Promise<unknown>((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(data), { once: true });
    });

  await Promise.race([opened, failed]);
  const echoed: number[] = [];
  for (const length of lengths) {
    const sent = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
    socket.send(sent);
    const data = await Promise.race([nextMessage(), failed]);
    if (!(data instanceof ArrayBuffer)) continue;
    const received = new Uint8Array(data);
    if (received.every((byte, index) => byte === sent[index])) echoed.push(received.length);
  }
  return echoed;
}
