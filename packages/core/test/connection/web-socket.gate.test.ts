import { expect, test } from 'vitest';

import type { AcceptOptions, Admission, RefuseOptions } from '../../src/connection/admission.js';
import { resolveConnectionOptions } from '../../src/connection/options.js';
import {
  failByUser,
  failHandshake,
  isListening,
  isOrdinaryEnd,
  openWebSocket,
  setAdmission,
  WebSocket,
} from '../../src/connection/web-socket.js';
import { StateError } from '../../src/protocol/errors.js';
import { frame } from '../support/frame-builder.js';
import { sampleKey } from '../support/sides.js';
import { MemoryStream } from './support/memory-stream.js';
import { isPending, turns } from './support/turns.js';
import { wireFrames } from './support/wire-frames.js';

/** The gate of a server, in the hands of a test. */
class Gate implements Admission {
  readonly calls: unknown[] = [];
  readonly stream = new MemoryStream();
  readonly errors: unknown[] = [];
  readonly ended: WebSocket[] = [];
  readonly ws: WebSocket;
  isAccepted = false;
  #letIn: (() => void) | undefined;
  #turnAway: ((error: Error) => void) | undefined;

  constructor() {
    this.ws = new WebSocket('server', resolveConnectionOptions(), {
      onError: (error) => this.errors.push(error),
      onClosed: (ws) => this.ended.push(ws),
    });
    setAdmission(this.ws, this);
  }

  accept(options: AcceptOptions): Promise<void> {
    this.calls.push(['accept', options]);
    if (options.subprotocol === 'unknown') return Promise.reject(new TypeError('not offered'));
    this.isAccepted = true;
    return new Promise((resolve, reject) => {
      this.#letIn = resolve;
      this.#turnAway = reject;
    });
  }

  refuse(status: number, options: RefuseOptions): void {
    if (this.isAccepted) throw new StateError('POSTERN_ERR_ALREADY_DECIDED', 'accepted');
    this.calls.push(['refuse', status, options]);
    failHandshake(this.ws, new Error(`refused with ${status}`));
  }

  terminate(): void {
    this.calls.push(['terminate']);
    failHandshake(this.ws, new Error('terminated'));
  }

  /** The 101 goes to the socket. */
  open(head: readonly Buffer[] = []): void {
    openWebSocket(this.ws, this.stream, head, { subprotocol: 'chat' });
    this.#letIn?.();
  }

  /** Something else answered. */
  fail(error: Error): void {
    failHandshake(this.ws, error);
    this.#turnAway?.(error);
  }
}

const hello = frame({ opcode: 1, payload: Buffer.from('hello'), maskingKey: sampleKey });

test('before acceptance the state is connecting, and writing is a StateError', async () => {
  const { ws } = new Gate();
  expect([ws.state, ws.isOpen, ws.subprotocol, ws.bufferedAmount]).toEqual([
    'connecting',
    false,
    '',
    0,
  ]);
  expect(ws.latency).toBeUndefined();
  const error = { name: 'StateError', code: 'POSTERN_ERR_NOT_ACCEPTED' };
  await expect(ws.write('early')).rejects.toMatchObject({
    ...error,
    message: 'write before the client was let in: call accept() first',
  });
  await expect(ws.writeGuarded('early')).rejects.toMatchObject(error);
  await expect(ws.ping()).rejects.toMatchObject(error);
  await expect(ws.pong()).rejects.toMatchObject(error);
  expect(() => ws.send('early')).toThrow(expect.objectContaining(error));
});

test('accept resolves when the 101 has gone to the socket, and a second one is the same promise', async () => {
  const gate = new Gate();
  const accepted = gate.ws.accept({ subprotocol: 'chat' });
  expect(gate.ws.accept()).toBe(accepted);
  expect(await isPending(accepted)).toBe(true);
  expect(gate.calls).toEqual([['accept', { subprotocol: 'chat' }]]);
  gate.open();
  await accepted;
  expect([gate.ws.state, gate.ws.subprotocol]).toEqual(['open', 'chat']);
  expect(gate.ws.accept()).toBe(accepted);
});

test('an accept with a mistake in it decides nothing', async () => {
  const gate = new Gate();
  await expect(gate.ws.accept({ subprotocol: 'unknown' })).rejects.toThrow(TypeError);
  expect(gate.isAccepted).toBe(false);
  void gate.ws.accept();
  gate.open();
  expect(gate.ws.state).toBe('open');
});

const firstReads: [name: string, read: (ws: WebSocket) => unknown][] = [
  ['read', (ws) => ws.read()],
  ['readGuarded', (ws) => ws.readGuarded()],
  ['tryRead', (ws) => ws.tryRead()],
  ['iteration', (ws) => ws[Symbol.asyncIterator]().next()],
  ['bursts', (ws) => ws.bursts().next()],
  ['listen', (ws) => ws.listen(() => {})],
];

test.each(firstReads)('the first %s lets the client in', (_, read) => {
  const gate = new Gate();
  void read(gate.ws);
  expect(gate.calls).toEqual([['accept', {}]]);
});

test('an iterator alone lets nobody in', () => {
  const gate = new Gate();
  gate.ws[Symbol.asyncIterator]();
  gate.ws.bursts();
  expect(gate.calls).toEqual([]);
});

test('a read that let the client in gets the first message, also one that came with the handshake', async () => {
  const gate = new Gate();
  const read = gate.ws.read();
  gate.open([Buffer.alloc(0), Buffer.from(hello.subarray(0, 4)), Buffer.from(hello.subarray(4))]);
  expect(await read).toBe('hello');
});

test('a listener from before acceptance gets the messages that came with the handshake', async () => {
  const gate = new Gate();
  const received: unknown[] = [];
  void gate.ws.listen((message) => received.push(message));
  expect(isListening(gate.ws)).toBe(true);
  gate.open([Buffer.from(hello)]);
  expect(received).toEqual(['hello']);
});

test('refuse turns the client away with a status, headers and a body', async () => {
  const gate = new Gate();
  const read = gate.ws.readGuarded();
  gate.isAccepted = false;
  gate.ws.refuse(401, { headers: { 'www-authenticate': 'Basic' }, body: 'who are you?' });
  expect(gate.calls.at(-1)).toEqual([
    'refuse',
    401,
    { headers: { 'www-authenticate': 'Basic' }, body: 'who are you?' },
  ]);
  expect(gate.ws.state).toBe('closed');
  expect(gate.ended).toEqual([gate.ws]);
  expect(await read).toMatchObject({ ok: false, close: { code: 1006 } });
});

test('after a handshake that came to nothing everything says so', async () => {
  const gate = new Gate();
  const { signal } = gate.ws;
  const accepted = gate.ws.accept();
  const read = gate.ws.read();
  const error = new Error('something else answered');
  gate.fail(error);
  gate.fail(new Error('too late'));
  await expect(accepted).rejects.toBe(error);
  await expect(read).rejects.toBe(error);
  await expect(gate.ws.read()).rejects.toBe(error);
  await expect(gate.ws.write('late')).rejects.toBe(error);
  await expect(gate.ws.ping()).rejects.toBe(error);
  expect(gate.ws.send('late')).toBe(false);
  expect(signal.reason).toBe(error);
  for await (const message of gate.ws) expect.unreachable(String(message));
  expect(await gate.ws.closed).toEqual({
    code: 1006,
    reason: '',
    wasClean: false,
    initiator: 'local',
    cause: error,
  });
  expect(await gate.ws.close()).toBe(gate.ws.closeInfo);
  expect(await gate.ws.listen(() => {})).toBe(gate.ws.closeInfo);
  expect(isOrdinaryEnd(gate.ws, error)).toBe(true);
  expect(isOrdinaryEnd(gate.ws, new Error('another'))).toBe(false);
  expect(gate.ended).toEqual([gate.ws]);
});

test('accept after a handshake that came to nothing rejects with the same error', async () => {
  const gate = new Gate();
  gate.ws.refuse(403);
  const error: unknown = await gate.ws.accept().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: 'refused with 403' });
  expect(() => gate.ws.refuse(403)).toThrow(StateError);
});

test('close before acceptance is a 403', async () => {
  const gate = new Gate();
  const closed = gate.ws.close({ code: 4000 });
  expect(gate.calls).toEqual([['refuse', 403, {}]]);
  expect(await closed).toMatchObject({ code: 1006 });
});

test('close between accept and the 101 closes as soon as the connection is open', async () => {
  const gate = new Gate();
  void gate.ws.accept();
  const closed = gate.ws.close({ code: 4000, reason: 'changed my mind' });
  expect(gate.ws.state).toBe('connecting');
  gate.open();
  await turns();
  const [close] = wireFrames(gate.stream.written);
  expect(close!.payload.toString('latin1')).toBe('\u000f\u00a0changed my mind');
  gate.stream.destroy();
  expect(await closed).toMatchObject({ code: 1006 });
});

test('close between accept and a handshake that comes to nothing ends with it', async () => {
  const gate = new Gate();
  void gate.ws.accept();
  const closed = gate.ws.close();
  gate.fail(new Error('the client left'));
  expect(await closed).toMatchObject({ cause: { message: 'the client left' } });
});

test('terminate before acceptance ends the handshake', async () => {
  const gate = new Gate();
  gate.ws.terminate();
  expect(gate.calls).toEqual([['terminate']]);
  expect(await gate.ws.closed).toMatchObject({ cause: { message: 'terminated' } });
});

test('once open, the end of the handshake can no longer fail it', () => {
  const gate = new Gate();
  gate.open();
  failHandshake(gate.ws, new Error('too late'));
  expect(gate.ws.state).toBe('open');
});

test('user code that failed closes with 1011, unless it is only this connection’s own end', async () => {
  const gate = new Gate();
  failByUser(gate.ws, new Error('not open yet'));
  gate.open();
  const error = new Error('of the user');
  failByUser(gate.ws, error);
  expect(gate.errors).toEqual([error]);
  await turns();
  expect(wireFrames(gate.stream.written)).toMatchObject([
    { opcode: 8, payload: Buffer.from([0x03, 0xf3]) },
  ]);
  gate.ws.terminate();
  const end: unknown = await gate.ws.read().catch((reason: unknown) => reason);
  expect(isOrdinaryEnd(gate.ws, end)).toBe(true);
  failByUser(gate.ws, end);
  expect(gate.errors).toEqual([error]);
});
