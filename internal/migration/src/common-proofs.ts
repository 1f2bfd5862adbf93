import { once } from 'node:events';
import type { Gatekeeper } from '@postern/core';
import { expect } from 'vitest';
import type { Proof } from './describe-lines.js';
import { knock, visit } from './visitor.js';

/** Servers on `/chat` whose connections are served by a line of a page. Each resolves with its port. */
export interface Stage {
  /** The rival's; with `ws` or whatever its handlers get for it, and the request. */
  readonly theirs: (handler: (ws: unknown, request?: unknown) => unknown) => Promise<number>;
  readonly ours: (gatekeeper: Gatekeeper) => Promise<number>;
}

/** On both sides the line answers each message with the same message. */
export function echoes(stage: Stage): Proof {
  return async ({ theirs, ours }) => {
    const ports = [
      await stage.theirs((ws) => theirs({ ws })),
      await stage.ours((request, ws) => ours({ request, ws })),
    ];
    for (const port of ports) {
      const visitor = await visit(port);
      expect(await visitor.ask('hello')).toBe('hello');
      expect(await visitor.ask('Grüße')).toBe('Grüße');
    }
    // What is binary stays binary.
    const { ws } = await visit(ports[1]!);
    const reply = once(ws, 'message');
    ws.send(Buffer.from([0, 255]));
    expect(await reply).toEqual([Buffer.from([0, 255]), true]);
  };
}

/** On both sides the line closes with 4000. */
export function closes(stage: Stage): Proof {
  return async ({ theirs, ours }) => {
    const ports = [
      await stage.theirs((ws) => theirs({ ws })),
      await stage.ours(async (request, ws) => {
        await ws.accept();
        await ours({ request, ws });
      }),
    ];
    for (const port of ports) {
      const visitor = await visit(port);
      expect(await visitor.closed).toEqual({ code: 4000, reason: 'bye' });
    }
  };
}

/** On both sides the line calls `forget` with code and reason. */
export function tellsOfTheEnd(stage: Stage): Proof {
  return async ({ theirs, ours }) => {
    const ends: unknown[][] = [];
    let onEnd = (): void => undefined;
    const forget = (...end: unknown[]): void => {
      ends.push(end.map(String));
      onEnd();
    };
    const ports = [
      await stage.theirs((ws) => theirs({ ws, forget })),
      await stage.ours(async (request, ws) => {
        await ws.accept();
        await ours({ request, ws, forget });
        await ws.closed;
      }),
    ];
    for (const port of ports) {
      const ended = new Promise<void>((resolve) => (onEnd = resolve));
      (await visit(port)).ws.close(4001, 'later');
      await ended;
    }
    expect(ends).toEqual([
      ['4001', 'later'],
      ['4001', 'later'],
    ]);
  };
}

/**
 * Our line answers messages that came before it was ready; theirs, which waits for `ready` too, has lost them. With
 * `isLost` false both have them.
 */
export function keepsEarlyMessages(stage: Stage, { isLost = true } = {}): Proof {
  return async ({ theirs, ours }) => {
    let makeReady!: () => void;
    const ready = new Promise<void>((resolve) => (makeReady = resolve));
    const theirPort = await stage.theirs((ws) => theirs({ ws, ready }));
    const late = await visit(theirPort);
    late.ws.send('early');
    await late.sync();
    makeReady();
    await late.sync();
    expect(await late.ask('late')).toBe(isLost ? 'late' : 'early');

    const ourPort = await stage.ours(async (request, ws) => {
      await ws.accept();
      await ours({ request, ws, ready: ws.ping() });
    });
    const early = await visit(ourPort);
    early.ws.send('early');
    expect(await early.ask('late')).toBe('early');
    expect(await early.next()).toBe('late');
  };
}

/**
 * The line answers with what `slow` makes of a message. Ours deals with one message after another; theirs with all at
 * once, so that what takes less time overtakes.
 */
export function answersInOrder(stage: Stage): Proof {
  return async ({ theirs, ours }) => {
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow = async (message: unknown): Promise<unknown> => {
      if (String(message) === 'slow') await released;
      return message;
    };
    const ports = [
      await stage.theirs((ws) => theirs({ ws, slow })),
      await stage.ours((request, ws) => ours({ request, ws, slow })),
    ];
    const [their, our] = await Promise.all(ports.map((port) => visit(port)));
    for (const { ws } of [their!, our!]) ['slow', 'quick'].forEach((message) => ws.send(message));
    expect(await their!.next()).toBe('quick');
    await our!.sync();
    release();
    expect(await their!.next()).toBe('slow');
    expect(await our!.next()).toBe('slow');
    expect(await our!.next()).toBe('quick');
  };
}

/**
 * Their line hears of a peer's broken frame, and was the only one to; ours is given to the handler, and hears of errors
 * in the gatekeeper alone.
 */
export async function reportsErrors(
  theirs: (report: (error: unknown) => void) => Promise<number>,
  ours: (gatekeeper: Gatekeeper, report: (error: unknown) => void) => Promise<number>,
): Promise<void> {
  const theirReport = new Promise((resolve) => {
    void theirs(resolve).then(breakAFrame);
  });
  expect(String(await theirReport)).toContain('Invalid WebSocket frame');

  const reported: unknown[] = [];
  const mistake = new Error('a mistake');
  const gatekeeper: Gatekeeper = (_, ws) =>
    ws.listen(() => {
      throw mistake;
    });
  const port = await ours(gatekeeper, (error) => reported.push(error));
  const code = (await (await breakAFrame(port)).closed).code;
  expect({ code, reported }).toEqual({ code: 1002, reported: [] });
  const visitor = await visit(port);
  visitor.ws.send('anything');
  expect((await visitor.closed).code).toBe(1011);
  expect(reported).toEqual([mistake]);
}

async function breakAFrame(port: number): Promise<Awaited<ReturnType<typeof visit>>> {
  const visitor = await visit(port);
  visitor.socket!.write(Buffer.from([0x81, 0x01, 0x61])); // not masked: RFC 6455, section 5.1
  return visitor;
}

/** Theirs lets in pages of any origin, ours those of the line's list. */
export async function choosesOrigins(theirs: number, ours: number): Promise<void> {
  const strange = { origin: 'https://elsewhere.example' };
  expect(await knock(theirs, '/chat', strange)).toMatchObject({ status: 101 });
  expect(await knock(ours, '/chat', strange)).toMatchObject({ status: 403 });
  const listed = { origin: 'https://app.example.com' };
  expect(await knock(ours, '/chat', listed)).toMatchObject({ status: 101 });
}

/** A message over 4096 bytes is failed with 1009. */
export async function limitsMessages(...ports: number[]): Promise<void> {
  for (const port of ports) {
    const visitor = await visit(port);
    visitor.ws.send('x'.repeat(4097));
    expect((await visitor.closed).code).toBe(1009);
  }
}
