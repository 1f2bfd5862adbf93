import type { CaseResult, ConversationCase, ServerHandshakeCase } from './case.js';
import { conversationCases } from './cases/conversation/all.js';
import { serverHandshakeCases } from './cases/server-handshake/all.js';
import { bytesOf, checkLimits } from './conversation-case.js';
import { Conversation } from './conversation.js';
import { converse } from './converse.js';
import { judgeCase } from './judge-case.js';
import { judgeServerHandshake, openConnection } from './judge-server-handshake.js';
import { withSocket } from './open-socket.js';
import { runByWeight } from './run-in-parallel.js';
import { isHeavy, isWanted, resolveRunOptions, type RunOptions } from './run-options.js';
import { alive, receiveText, send } from './steps.js';
import { text } from './wire/frames.js';

export interface ServerRunOptions extends RunOptions {
  /** Where the plainest echo handler is served: `ws://host:port/path`, without TLS. */
  readonly url: string | URL;
}

const afterwards = [send(text('still serving?')), receiveText('still serving?')];

type ServerCase = ConversationCase | ServerHandshakeCase;

/** Every case for a server: its opening handshake, and all that happens on an open connection. */
export const serverCases: readonly ServerCase[] = [
  ...serverHandshakeCases,
  ...conversationCases.filter(({ roles }) => roles.includes('server')),
];

/** Drives the echo server at `url` through every case. */
export async function runServerCases(options: ServerRunOptions): Promise<CaseResult[]> {
  const { concurrency, onResult, only, timeout, maxMessageSize } = resolveRunOptions(options);
  const url = new URL(options.url);
  const wanted = serverCases.filter((one) => isWanted(one, only));
  return runByWeight(wanted, concurrency, isHeavy, async (one) => {
    const bytes = 'roles' in one ? bytesOf(one, 'server') : undefined;
    const result = await judgeCase(
      one,
      () => runCase(one, { url, timeout, maxMessageSize }),
      bytes,
    );
    onResult(result);
    return result;
  });
}

interface Target {
  readonly url: URL;
  readonly timeout: number;
  readonly maxMessageSize: number;
}

async function runCase(one: ServerCase, target: Target): Promise<void> {
  const { url, timeout } = target;
  if ('roles' in one) await runConversation(one, target);
  else await withSocket(url, timeout, (socket) => judgeServerHandshake(socket, url, one));
  if (!mayHarm(one)) return;
  await withSocket(url, timeout, async (socket) => {
    await openConnection(socket, url);
    await converse(new Conversation(socket, 'server'), afterwards, alive);
  });
}

/** Cases that say little about their own connection; that the server is unharmed is what they are about. */
function mayHarm(one: ServerCase): boolean {
  if ('roles' in one) return one.thenStillServes;
  return one.outcome.kind === 'either' || one.ending.kind === 'gone';
}

async function runConversation(one: ConversationCase, target: Target): Promise<void> {
  const { url, timeout, maxMessageSize } = target;
  checkLimits(one, { maxMessageSize });
  await withSocket(url, timeout * one.patience, async (socket) => {
    await openConnection(socket, url);
    await converse(new Conversation(socket, 'server'), one.steps({ maxMessageSize }), one.ending);
  });
}
