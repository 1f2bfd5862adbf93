import { setImmediate as turn } from 'node:timers/promises';
import type {
  ClientRequestCase,
  ClientResponseCase,
  ConversationCase,
  Limits,
  SeenRequest,
} from './case.js';
import { CaseFailure } from './case-failure.js';
import { checkLimits } from './conversation-case.js';
import { Conversation } from './conversation.js';
import { converse } from './converse.js';
import { deliver } from './deliver.js';
import type { DialledIn } from './dial-in.js';
import { CaseSkip } from './judge-case.js';
import { alive, receiveText, send } from './steps.js';
import { acceptKeyFor } from './wire/accept-key.js';
import { text } from './wire/frames.js';
import { applyEdits, encodeHttpHead, valuesOf, type HttpHead } from './wire/http-head.js';
import type { RawSocket } from './wire/raw-socket.js';
import { readHttpHead } from './wire/read-http-head.js';

/** Has the client under test connect to us. */
export type Dial = (options: { suffix?: string; patience?: number }) => Promise<DialledIn>;

const echoHello = [send(text('Hello')), receiveText('Hello')];

/** Runs a case about an open connection. */
export async function judgeClientConversation(
  one: ConversationCase,
  dial: Dial,
  limits: Limits,
): Promise<void> {
  checkLimits(one, limits);
  await withDialled(await dial({ patience: one.patience }), async ({ socket, settled }) => {
    const { head } = await readRequest(socket);
    socket.write(encodeHttpHead(goodResponse(head)));
    await converse(new Conversation(socket, 'client'), one.steps(limits), one.ending);
    await settled();
  });
}

/** Runs a case about what a client sends to open a connection. */
export async function judgeClientRequest(one: ClientRequestCase, dial: Dial): Promise<void> {
  const requests: SeenRequest[] = [];
  for (let count = 0; count < one.connections; count += 1) {
    await withDialled(await dial({ suffix: one.suffix }), async ({ socket, settled, url }) => {
      const request = await readRequest(socket);
      requests.push({ ...request, url });
      socket.write(encodeHttpHead(goodResponse(request.head)));
      await converse(new Conversation(socket, 'client'), echoHello, alive);
      await settled();
    });
  }
  const fault = one.judge(requests);
  if (fault !== undefined) throw new CaseFailure(fault);
}

/** Runs a case about how a client takes what a server answers. */
export async function judgeClientResponse(one: ClientResponseCase, dial: Dial): Promise<void> {
  await withDialled(await dial({}), async ({ socket, settled }) => {
    const { head } = await readRequest(socket);
    const reason = one.skip?.(head);
    if (reason !== undefined) throw new CaseSkip(reason);
    const conversation = new Conversation(socket, 'client');
    const response = one.raw ?? encodeHttpHead(applyEdits(goodResponse(head), one.edits));
    await deliver([Buffer.concat([response, ...conversation.encode(one.glued)])], one, {
      write: (bytes) => socket.write(bytes),
      stopped: () => socket.ended,
    });
    if (one.outcome === 'opens') await converse(conversation, one.steps ?? echoHello, one.ending);
    else await beRefused(socket, one.afterwards);
    const outcome = await settled();
    if (one.outcome === 'refused' && outcome === 'resolved') {
      throw new CaseFailure('expected a rejection, found that the promise of the client resolved');
    }
  });
}

async function withDialled(
  dialled: DialledIn,
  use: (dialled: DialledIn) => Promise<void>,
): Promise<void> {
  try {
    await use(dialled);
  } finally {
    dialled.socket.destroy();
  }
}

async function readRequest(socket: RawSocket): Promise<Omit<SeenRequest, 'url'>> {
  const head = await readHttpHead(socket);
  if (head === undefined)
    throw new CaseFailure('expected a request, found the end of the connection');
  return { head, early: socket.received.length };
}

/** A 101 that is right in every respect. RFC 6455, section 4.2.2. */
function goodResponse(request: HttpHead): HttpHead {
  const key = valuesOf(request, 'Sec-WebSocket-Key')[0] ?? '';
  return {
    line: 'HTTP/1.1 101 Switching Protocols',
    headers: [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', acceptKeyFor(key)],
    ],
  };
}

/** The client must leave, without a byte more, after an answer that does not open the connection. */
async function beRefused(
  socket: RawSocket,
  afterwards: ClientResponseCase['afterwards'],
): Promise<void> {
  if (afterwards === 'reset') return socket.reset();
  if (afterwards === 'finish') socket.finish();
  if (afterwards === 'endless body') await pourBody(socket);
  while (!socket.ended) await socket.more('end of the connection after a refusal');
  if (socket.received.length > 0) {
    throw new CaseFailure(
      `${socket.received.length} bytes came after an answer that must be refused`,
    );
  }
}

/** A hostile server would write on for ever; 64 MiB are enough to see whether the client leaves. */
async function pourBody(socket: RawSocket): Promise<void> {
  for (let poured = 0; !socket.ended;) {
    if (poured > 67_108_864) throw new CaseFailure('the client went on reading a body without end');
    if (socket.backlog < 1_000_000) {
      socket.write(Buffer.alloc(65_536, 'a'));
      poured += 65_536;
    }
    await turn();
  }
}
