import type { Message, Step } from './case.js';
import { CaseFailure } from './case-failure.js';
import type { Conversation } from './conversation.js';
import { describeMessage, describeState } from './describe.js';
import { toHex } from './wire/hex.js';

/** Does one step, or fails with what was found instead. */
export async function performStep(conversation: Conversation, step: Step): Promise<void> {
  switch (step.kind) {
    case 'send':
      return conversation.send(step);
    case 'message':
      return receiveMessage(conversation, step.message);
    case 'pong':
      return receivePong(conversation, step.payload);
    case 'newest pong':
      return receiveNewestPong(conversation, step.payloads);
    case 'check':
      return failWith(step.find(conversation));
    case 'finish':
      return conversation.socket.finish();
    case 'reset':
      return conversation.socket.reset();
  }
}

function failWith(fault: string | undefined): void {
  if (fault !== undefined) throw new CaseFailure(fault);
}

async function receiveMessage(conversation: Conversation, expected: Message): Promise<void> {
  const { messages } = conversation;
  const awaited = describeMessage(expected);
  await conversation.until(() => messages.length > 0, awaited);
  const found = messages.shift();
  if (found === undefined)
    throw new CaseFailure(`expected ${awaited}, found ${describeState(conversation)}`);
  if (sameMessage(found, expected)) return;
  const same = describeMessage(found) === awaited ? ' with other bytes in it' : '';
  throw new CaseFailure(`expected ${awaited}, found ${describeMessage(found)}${same}`);
}

export function sameMessage(one: Message, other: Message): boolean {
  return one.type === other.type && one.payload.equals(other.payload);
}

async function receivePong(conversation: Conversation, payload: Buffer): Promise<void> {
  const { pongs } = conversation;
  await conversation.until(() => pongs.length > 0, 'pong');
  const found = pongs.shift();
  if (found === undefined)
    throw new CaseFailure(`expected a pong, found ${describeState(conversation)}`);
  if (!found.equals(payload)) {
    throw new CaseFailure(`expected a pong of ${toHex(payload)}, found one of ${toHex(found)}`);
  }
}

async function receiveNewestPong(
  conversation: Conversation,
  payloads: readonly Buffer[],
): Promise<void> {
  const newest = payloads.at(-1)!;
  const { pongs } = conversation;
  const arrived = await conversation.until(
    () => pongs.some((found) => found.equals(newest)),
    'pong to the newest ping',
  );
  if (!arrived) {
    throw new CaseFailure(
      `expected the pong to the newest ping, found ${describeState(conversation)}`,
    );
  }
  if (!inOrder(pongs, payloads))
    throw new CaseFailure('pongs came that answer no ping, or out of order');
  pongs.length = 0;
}

/** Every pong answers a ping that is later than the one the pong before it answered. */
function inOrder(pongs: readonly Buffer[], pings: readonly Buffer[]): boolean {
  let from = 0;
  return pongs.every((found) => {
    const at = pings.findIndex((payload, index) => index >= from && payload.equals(found));
    from = at + 1;
    return at >= 0;
  });
}
