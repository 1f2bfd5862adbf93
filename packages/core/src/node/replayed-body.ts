import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { ReplayedSocket } from './replayed-socket.js';

/**
 * Passes on the body of an ordinary request that asked for some other protocol, as `curl --http2` does: a chain that
 * waits for the body of a form would wait for ever.
 * Up to Node 24 the body comes from the socket, after `head`, as though it were in the other protocol; from Node 26 on
 * the request has it, in part (then the socket of the event is not the request's) or whole, and what came in chunks is
 * put into chunks once more.
 */
export function replayBody(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  replayed: ReplayedSocket,
): void {
  const isParsed = request.socket !== socket || request.readableLength > 0;
  const source = isParsed ? request : socket;
  const isInChunks = isParsed && request.headers['transfer-encoding'] !== undefined;
  const onData = (chunk: Buffer): void => {
    if (!replayed.push(isInChunks ? asChunk(chunk) : chunk)) source.pause();
  };
  if (!isParsed && head.length > 0) replayed.push(head);
  replayed.onRoom = () => void source.resume();
  replayed.once('close', () => source.off('data', onData));
  if (isInChunks) source.once('end', () => replayed.push(asChunk(Buffer.alloc(0))));
  source.on('data', onData);
}

/** RFC 9112, section 7.1. The empty chunk is the last. */
function asChunk(bytes: Buffer): Buffer {
  const size = bytes.length.toString(16);
  return Buffer.concat([Buffer.from(`${size}\r\n`, 'latin1'), bytes, Buffer.from('\r\n')]);
}
