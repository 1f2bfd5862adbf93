import { once } from 'node:events';
import { constants, createDeflateRaw, createInflateRaw, type ZlibOptions } from 'node:zlib';

const tail = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** The messages as a peer with one zlib stream compresses them, each with reference to those before. */
export async function deflateByZlib(
  messages: readonly Uint8Array[],
  options: ZlibOptions = {},
): Promise<Buffer[]> {
  const stream = createDeflateRaw(options);
  const compressed: Buffer[] = [];
  for (const message of messages) {
    stream.write(message);
    const pieces = await flushed(stream, constants.Z_SYNC_FLUSH);
    // zlib flushes nothing twice: an empty message after a message has no bytes at all.
    const all = Buffer.concat(pieces);
    compressed.push(all.length === 0 ? Buffer.of(0) : all.subarray(0, all.length - tail.length));
  }
  stream.close();
  return compressed;
}

/** What a peer with one zlib stream of `windowBits` makes of compressed messages. */
export async function inflateByZlib(
  compressed: readonly Uint8Array[],
  windowBits = 15,
): Promise<Buffer[]> {
  const stream = createInflateRaw({ windowBits });
  const failed = once(stream, 'error').then(([error]) => {
    throw error as Error;
  });
  failed.catch(() => {});
  const messages: Buffer[] = [];
  for (const each of compressed) {
    stream.write(each);
    stream.write(tail);
    const pieces = await Promise.race([flushed(stream, constants.Z_SYNC_FLUSH), failed]);
    messages.push(Buffer.concat(pieces));
  }
  stream.close();
  return messages;
}

async function flushed(
  stream: ReturnType<typeof createDeflateRaw> | ReturnType<typeof createInflateRaw>,
  kind: number,
): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  const take = (piece: Buffer): void => void pieces.push(piece);
  stream.on('data', take);
  await new Promise<void>((resolve) => stream.flush(kind, resolve));
  stream.off('data', take);
  return pieces;
}
