import type { CloseCodeSeen, Ending, Message, Piece, Step } from './case.js';

/** Puts pieces on the wire in one write. */
export const send = (...pieces: Piece[]): Step => ({ kind: 'send', pieces, delivery: 'whole' });

/** Puts every piece on the wire in a write of its own. */
export const sendOneByOne = (...pieces: Piece[]): Step => ({
  kind: 'send',
  pieces,
  delivery: 'piece by piece',
});

/** Puts pieces on the wire in writes of `chunksOf` bytes. */
export const sendInChunks = (chunksOf: number, ...pieces: Piece[]): Step => ({
  kind: 'send',
  pieces,
  delivery: { chunksOf },
});

/** Puts only the first `upTo` bytes of the pieces on the wire. */
export const sendBeginning = (upTo: number, ...pieces: Piece[]): Step => ({
  kind: 'send',
  pieces,
  delivery: 'whole',
  upTo,
});

export const textMessage = (data: string | Uint8Array): Message => ({
  type: 'text',
  payload: Buffer.from(data as string),
});

export const binaryMessage = (data: string | Uint8Array): Message => ({
  type: 'binary',
  payload: Buffer.from(data as string),
});

export const receiveText = (data: string | Uint8Array): Step => ({
  kind: 'message',
  message: textMessage(data),
});

export const receiveBinary = (data: string | Uint8Array): Step => ({
  kind: 'message',
  message: binaryMessage(data),
});

export const receivePong = (data: string | Uint8Array = ''): Step => ({
  kind: 'pong',
  payload: Buffer.from(data as string),
});

/** Waits for the pong to the last of these pings; of the others some, all or none may be answered (section 5.5.3). */
export const receiveNewestPong = (payloads: readonly (string | Uint8Array)[]): Step => ({
  kind: 'newest pong',
  payloads: payloads.map((payload) => Buffer.from(payload as string)),
});

export const finish: Step = { kind: 'finish' };
export const reset: Step = { kind: 'reset' };

export const alive: Ending = { kind: 'alive' };
export const ended: Ending = { kind: 'ended' };
export const gone: Ending = { kind: 'gone' };

/** The peer answers our close frame with one of these codes. */
export function closed(...codes: CloseCodeSeen[]): Ending {
  return { kind: 'closed', codes, mayEcho: [] };
}

/** The peer fails the connection with this code. */
export function failed(...codes: number[]): Ending {
  return { kind: 'failed', codes, mayEcho: [], answered: true };
}

/** The peer fails the connection with this code, and ends TCP although we say nothing more. */
export function failedInSilence(code: number): Ending {
  return { kind: 'failed', codes: [code], mayEcho: [], answered: false };
}

/** The same ending, but what was sent before may have been echoed first. */
export function afterEchoing(ending: Ending, ...mayEcho: Message[]): Ending {
  if (ending.kind !== 'closed' && ending.kind !== 'failed') return ending;
  return { ...ending, mayEcho };
}
