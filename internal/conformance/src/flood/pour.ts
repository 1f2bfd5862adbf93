import type { Socket } from 'node:net';

/** How far pouring came: everything sent, held back by the peer, or the connection ended. */
export type Poured = 'sent' | 'held' | 'ended';

/**
 * Writes `chunk` again and again, `times` times, no faster than the kernel takes it.
 * The peer holds us back when nothing has moved for `patience` milliseconds.
 */
export async function pour(
  socket: Socket,
  chunk: Uint8Array,
  times: number,
  patience: number,
): Promise<Poured> {
  for (let count = 0; count < times; count += 1) {
    if (socket.destroyed || !socket.writable) return 'ended';
    if (socket.write(chunk)) continue;
    const moved = await drained(socket, patience);
    if (moved !== 'sent') return moved;
  }
  return 'sent';
}

function drained(socket: Socket, patience: number): Promise<Poured> {
  return new Promise((resolve) => {
    const settle = (outcome: Poured) => (): void => {
      clearTimeout(timer);
      socket.removeListener('drain', moved).removeListener('close', ended);
      resolve(outcome);
    };
    const moved = settle('sent');
    const ended = settle('ended');
    const timer = setTimeout(settle('held'), patience);
    socket.once('drain', moved).once('close', ended);
  });
}
