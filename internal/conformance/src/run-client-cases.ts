import type {
  CaseResult,
  ClientRequestCase,
  ClientResponseCase,
  ConversationCase,
  Limits,
} from './case.js';
import { clientRequestCases, clientResponseCases } from './cases/client-handshake/all.js';
import { conversationCases } from './cases/conversation/all.js';
import { bytesOf } from './conversation-case.js';
import { dialIn } from './dial-in.js';
import { judgeCase } from './judge-case.js';
import {
  judgeClientConversation,
  judgeClientRequest,
  judgeClientResponse,
  type Dial,
} from './judge-client.js';
import { runByWeight } from './run-in-parallel.js';
import { isHeavy, isWanted, resolveRunOptions, type RunOptions } from './run-options.js';

export interface ClientRunOptions extends RunOptions {
  /**
   * Connects the client under test to a `ws:` URL, without extensions, and echoes every message in its own type.
   * Rejects when the opening handshake has failed; settles, either way, when an open connection has ended.
   */
  readonly connect: (url: string) => Promise<unknown>;
}

type ClientCase = ConversationCase | ClientRequestCase | ClientResponseCase;

/** Every case for a client: its opening handshake, and all that happens on an open connection. */
export const clientCases: readonly ClientCase[] = [
  ...clientRequestCases,
  ...clientResponseCases,
  ...conversationCases.filter(({ roles }) => roles.includes('client')),
];

/** Serves every case to the client under test. */
export async function runClientCases(options: ClientRunOptions): Promise<CaseResult[]> {
  const { concurrency, onResult, only, timeout, maxMessageSize } = resolveRunOptions(options);
  const wanted = clientCases.filter((one) => isWanted(one, only));
  return runByWeight(wanted, concurrency, isHeavy, async (one) => {
    const dial: Dial = ({ suffix = '', patience = 1 }) =>
      dialIn(options.connect, { suffix, timeout: timeout * patience });
    const bytes = 'roles' in one ? bytesOf(one, 'client') : undefined;
    const result = await judgeCase(one, () => runCase(one, dial, { maxMessageSize }), bytes);
    onResult(result);
    return result;
  });
}

function runCase(one: ClientCase, dial: Dial, limits: Limits): Promise<void> {
  if ('roles' in one) return judgeClientConversation(one, dial, limits);
  return 'suffix' in one ? judgeClientRequest(one, dial) : judgeClientResponse(one, dial);
}
