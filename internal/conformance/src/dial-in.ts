import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { CaseFailure } from './case-failure.js';
import { RawSocket } from './wire/raw-socket.js';

/** A connection that the client under test made to us. */
export interface DialledIn {
  readonly socket: RawSocket;
  /** Where the client was told to go. */
  readonly url: URL;
  /** How the promise of the client under test settled; fails when it does not in time. */
  readonly settled: () => Promise<'resolved' | 'rejected'>;
}

interface DialOptions {
  /** Appended to the path of the URL. */
  readonly suffix: string;
  /** Milliseconds for all of it. */
  readonly timeout: number;
}

/** Listens on a port of its own for one connection, and sends the client under test there. */
export async function dialIn(
  connect: (url: string) => Promise<unknown>,
  { suffix, timeout }: DialOptions,
): Promise<DialledIn> {
  const server = await listen();
  const { port } = server.address() as AddressInfo;
  const url = new URL(`ws://127.0.0.1:${port}/echo${suffix}`);
  const arrived = arrival(server, timeout);
  const outcome = settle(connect, url);
  // A client that gives up at once may still have its connection on the way.
  const gaveUp = outcome.then(() => wait(100, undefined));
  const accepted = await Promise.race([arrived, gaveUp]);
  server.close();
  if (accepted === undefined) throw new CaseFailure('the client did not connect');
  return {
    socket: new RawSocket(accepted, timeout),
    url,
    settled: () => withDeadline(outcome, timeout),
  };
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true });
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function arrival(server: Server, timeout: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeout, undefined);
    server.once('connection', (socket) => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

/** A promise that never rejects, whatever the client under test does. */
async function settle(
  connect: (url: string) => Promise<unknown>,
  url: URL,
): Promise<'resolved' | 'rejected'> {
  try {
    await connect(url.href);
    return 'resolved';
  } catch {
    return 'rejected';
  }
}

async function withDeadline<Value>(promise: Promise<Value>, timeout: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((resolve, reject) => {
    const failure = new CaseFailure('the promise of the client did not settle in time');
    timer = setTimeout(reject, timeout, failure);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
