import { isUtf8 } from 'node:buffer';
import type { CloseCodeSeen, Ending, Message } from './case.js';
import { CaseFailure } from './case-failure.js';
import type { Conversation } from './conversation.js';
import { closeCodeOf, describeClose, describeMessage, describeState } from './describe.js';
import { performStep, sameMessage } from './perform-step.js';
import { receivePong, send } from './steps.js';
import { close, ping } from './wire/frames.js';

/** Sees the connection through to its end, and fails when it is not the expected one. */
export async function judgeEnding(conversation: Conversation, ending: Ending): Promise<void> {
  switch (ending.kind) {
    case 'alive':
      return stayAlive(conversation);
    case 'closed':
      return closeTogether(conversation, ending.codes, ending.mayEcho);
    case 'failed':
      return beFailed(conversation, ending);
    case 'ended':
      return tcpEnds(conversation);
    case 'gone':
      return;
  }
}

async function stayAlive(conversation: Conversation): Promise<void> {
  await performStep(conversation, send(ping('still there?')));
  await performStep(conversation, receivePong('still there?'));
  await performStep(conversation, send(close(1000)));
  await closeTogether(conversation, [1000], []);
}

async function closeTogether(
  conversation: Conversation,
  codes: readonly CloseCodeSeen[],
  mayEcho: readonly Message[],
): Promise<void> {
  await receiveClose(conversation, codes, mayEcho);
  await tcpEnds(conversation);
}

async function beFailed(
  conversation: Conversation,
  { codes, mayEcho, answered }: Extract<Ending, { kind: 'failed' }>,
): Promise<void> {
  await receiveClose(conversation, codes, mayEcho);
  // A peer that fails the connection need not wait for this (section 7.1.7), but it may.
  if (answered) conversation.socket.write(Buffer.concat(conversation.encode([close(codes[0])])));
  await tcpEnds(conversation);
}

async function receiveClose(
  conversation: Conversation,
  codes: readonly CloseCodeSeen[],
  mayEcho: readonly Message[],
): Promise<void> {
  const expected = codes.map((code) =>
    code === 'none' ? 'a close frame without a code' : `close ${code}`,
  );
  const wanted = expected.join(' or ');
  const unasked = (): boolean =>
    !isPrefix(conversation.messages, mayEcho) || conversation.pongs.length > 0;
  await conversation.until(() => conversation.over || unasked(), wanted);
  if (!isPrefix(conversation.messages, mayEcho)) {
    throw new CaseFailure(
      `expected ${wanted}, found ${describeMessage(conversation.messages.at(-1)!)}`,
    );
  }
  if (conversation.pongs.length > 0) throw new CaseFailure(`expected ${wanted}, found a pong`);
  const payload = conversation.close;
  if (payload === undefined)
    throw new CaseFailure(`expected ${wanted}, found ${describeState(conversation)}`);
  if (!codes.includes(closeCodeOf(payload))) {
    throw new CaseFailure(`expected ${wanted}, found ${describeClose(payload)}`);
  }
  if (payload.length === 1 || !isUtf8(payload.subarray(2))) {
    throw new CaseFailure('sent a close frame with a broken payload (section 5.5.1)');
  }
}

function isPrefix(found: readonly Message[], whole: readonly Message[]): boolean {
  return (
    found.length <= whole.length &&
    found.every((message, index) => sameMessage(message, whole[index]!))
  );
}

/** The server ends TCP first (section 7.1.1); a client may wait for that. */
async function tcpEnds(conversation: Conversation): Promise<void> {
  const { peer, socket } = conversation;
  if (peer === 'client') socket.finish();
  while (!socket.ended) {
    await socket.more('end of TCP');
    conversation.readAll();
  }
  socket.finish();
}
