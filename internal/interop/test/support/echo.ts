import type { Buffer } from 'node:buffer';
import type { Message, WebSocket } from '@postern/core';

export async function echoOf(ws: WebSocket, message: string | Buffer): Promise<Message> {
  await ws.write(message);
  return ws.read();
}

/** Writes all and reads as many, at the same time. */
export async function echoesOf(
  ws: WebSocket,
  messages: readonly (string | Buffer)[],
): Promise<Message[]> {
  const [received] = await Promise.all([readMany(ws, messages.length), writeAll(ws, messages)]);
  return received;
}

async function readMany(ws: WebSocket, count: number): Promise<Message[]> {
  const received: Message[] = [];
  while (received.length < count) received.push(await ws.read());
  return received;
}

async function writeAll(ws: WebSocket, messages: readonly (string | Buffer)[]): Promise<void> {
  for (const message of messages) await ws.write(message);
}
