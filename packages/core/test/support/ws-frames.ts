import type { Writable } from 'node:stream';

import * as ws from 'ws';

/** What npm `ws` needs to know to write a frame; its types leave it out. */
export interface WsFrameOptions {
  readonly fin: boolean;
  readonly opcode: number;
  readonly mask: boolean;
  readonly rsv1: boolean;
  readonly readOnly: boolean;
  readonly generateMask?: (target: Buffer) => void;
}

interface WsInternals {
  readonly Receiver: new (options: { isServer: boolean; maxPayload: number }) => Writable;
  readonly Sender: { frame(data: Buffer, options: WsFrameOptions): Buffer[] };
}

const { Receiver, Sender } = ws as unknown as WsInternals;

/** A frame as npm `ws` writes it; with `maskingKey` as its clients do. */
export function wsFrame(
  parts: { fin: boolean; rsv1: boolean; opcode: number; payload: Uint8Array },
  maskingKey: Uint8Array | undefined,
): Buffer {
  const { payload, ...bits } = parts;
  const options = { ...bits, mask: maskingKey !== undefined, readOnly: true };
  if (maskingKey === undefined) return Buffer.concat(Sender.frame(Buffer.from(payload), options));
  const generateMask = (target: Buffer): void => target.set(maskingKey);
  return Buffer.concat(Sender.frame(Buffer.from(payload), { ...options, generateMask }));
}

/** What npm `ws` hears in a stream without faults: messages, pings, pongs and the close frame, in order. */
export async function wsEvents(chunks: readonly Buffer[], isServer: boolean): Promise<string[]> {
  const events: string[] = [];
  const receiver = new Receiver({ isServer, maxPayload: 0 });
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    events.push(isBinary ? `binary ${data.toString('hex')}` : `text ${data.toString()}`);
  });
  receiver.on('ping', (data: Buffer) => events.push(`ping ${data.toString('hex')}`));
  receiver.on('pong', (data: Buffer) => events.push(`pong ${data.toString('hex')}`));
  receiver.on('conclude', (code: number, reason: Buffer) => {
    events.push(`close ${code} ${reason.toString()}`);
  });
  const done = new Promise<void>((resolve, reject) => {
    receiver.on('finish', resolve).on('error', reject);
  });
  for (const chunk of chunks) receiver.write(chunk);
  receiver.end();
  await done;
  return events;
}
