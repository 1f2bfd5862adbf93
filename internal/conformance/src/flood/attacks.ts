import type { Piece } from '../case.js';
import { CaseFailure } from '../case-failure.js';
import { Conversation } from '../conversation.js';
import { describeState } from '../describe.js';
import { goodRequest, openConnection } from '../judge-server-handshake.js';
import { dialHost, withSocket } from '../open-socket.js';
import { encodeFrame } from '../wire/frame.js';
import { binary, continuation, ping, text, unfinished } from '../wire/frames.js';
import { encodeHttpHead } from '../wire/http-head.js';
import { RawSocket } from '../wire/raw-socket.js';
import { pour, type Poured } from './pour.js';

const patience = 15_000;

/** The same frame many times over, as one Buffer. */
export function repeated(piece: Parameters<typeof encodeFrame>[0], times: number): Buffer {
  const one = encodeFrame(piece, 'client');
  return Buffer.alloc(one.length * times, one);
}

/**
 * One message in `count` fragments. The server may fail the connection on the way,
 * but if it does not, it must echo the whole of it.
 */
export async function longMessage(url: URL, part: string, count: number): Promise<void> {
  await withSocket(url, patience, async (socket) => {
    await openConnection(socket, url);
    const conversation = new Conversation(socket, 'server');
    const middle = repeated(unfinished(continuation(part)), count / 100);
    socket.write(encodeFrame(unfinished(text('<')), 'client'));
    for (let round = 0; round < 100 && !socket.ended; round += 1) {
      socket.write(middle);
      await settle(conversation, `round ${round}`);
      if (conversation.over) return;
    }
    socket.write(encodeFrame(continuation('>'), 'client'));
    await conversation.until(() => conversation.messages.length > 0, 'echo of the whole message');
    const echoed = conversation.messages[0]?.payload.toString();
    if (!conversation.over && echoed !== `<${part.repeat(count)}>`) {
      throw new CaseFailure(
        `expected the whole message or a failure, found ${describeState(conversation)}`,
      );
    }
  });
}

/** Waits until the server has taken in all that was sent, which a pong proves, or has ended the connection. */
async function settle(conversation: Conversation, mark: string): Promise<void> {
  conversation.socket.write(encodeFrame(ping(mark), 'client'));
  await conversation.until(() => conversation.pongs.length > 0, 'pong');
  conversation.pongs.length = 0;
}

/** Many connections at the same time that all send `pieces` and then stay as they are. */
export async function manyConnections(url: URL, count: number, ...pieces: Piece[]): Promise<void> {
  const sockets = Array.from({ length: count }, () => new RawSocket(dialHost(url), patience));
  try {
    await Promise.all(sockets.map((socket) => openConnection(socket, url)));
    const conversations = sockets.map((socket) => new Conversation(socket, 'server'));
    const bytes = Buffer.concat(conversations[0]!.encode(pieces));
    for (const socket of sockets) socket.write(bytes);
    await Promise.all(conversations.map((conversation) => settle(conversation, 'all read?')));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** Many connections at the same time whose last frame is announced and never comes. */
export async function manyPromises(url: URL, count: number, promise: Buffer): Promise<void> {
  const sockets = Array.from({ length: count }, () => new RawSocket(dialHost(url), patience));
  try {
    await Promise.all(sockets.map((socket) => openConnection(socket, url)));
    const pinged = Buffer.concat([encodeFrame(ping('before'), 'client'), promise]);
    for (const socket of sockets) socket.write(pinged);
    const conversations = sockets.map((socket) => new Conversation(socket, 'server'));
    await Promise.all(
      conversations.map((one) => one.until(() => one.pongs.length > 0, 'pong before the promise')),
    );
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** A peer that sends up to `bytes` of messages and never reads an answer, not even the 101. */
export async function neverRead(url: URL, frame: Buffer, bytes: number): Promise<Poured> {
  const chunk = Buffer.alloc(Math.ceil(65_536 / frame.length) * frame.length, frame);
  const socket = dialHost(url);
  socket.on('error', () => {});
  try {
    socket.pause();
    socket.write(encodeHttpHead(goodRequest(url)));
    return await pour(socket, chunk, Math.ceil(bytes / chunk.length), 1_000);
  } finally {
    socket.destroy();
  }
}

export const binaryFrame = (size: number): Buffer =>
  encodeFrame(binary(Buffer.alloc(size, 'x')), 'client');
