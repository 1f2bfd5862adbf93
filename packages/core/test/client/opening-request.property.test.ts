import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { open } from '../../src/client/open.js';
import { frame } from '../support/frame-builder.js';
import { serveRaw, switching } from './support/raw-server.js';

const early = frame({ opcode: 1, payload: Buffer.from('early') });

/** How many bytes come before the frame behind a 101. */
const headLength = switching('a key of twenty-four b..').length;

test.each(['a reset', 'the end'])(
  '%s after any number of bytes is a rejection or an end',
  async (how) => {
    let cut = 0;
    const { url, clients } = await serveRaw(({ socket, key }) => {
      const bytes = Buffer.concat([Buffer.from(switching(key)), early]).subarray(0, cut);
      if (how === 'the end') socket.end(bytes);
      else if (cut === 0) socket.resetAndDestroy();
      else socket.write(bytes, () => socket.resetAndDestroy());
    });
    for (cut = 0; cut <= headLength + early.length; cut += 1) {
      const outcome: unknown = await open(url, async (ws) => ws.closed).catch(
        (error: unknown) => error,
      );
      // A reset may overtake the bytes before it.
      const isEarly = cut < headLength || (how === 'a reset' && outcome instanceof Error);
      expect(outcome).toMatchObject(isEarly ? { name: 'HandshakeError' } : { code: 1006 });
      await clients.at(-1)!.gone;
    }
  },
);

test('whatever bytes are in an answer, in whatever pieces, the outcome is one of two', async () => {
  let answer = (key: string): readonly Buffer[] => [Buffer.from(key)];
  const { url, clients } = await serveRaw(({ socket, key }) => {
    for (const piece of answer(key)) socket.write(piece);
    socket.end();
  });
  const mutation = fc.record({
    at: fc.nat(headLength + 10),
    remove: fc.nat(4),
    insert: fc.uint8Array({ maxLength: 4 }),
    splitAt: fc.nat(headLength),
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ at, remove, insert, splitAt }) => {
      answer = (key) => {
        const sound = Buffer.concat([Buffer.from(switching(key)), early]);
        const parts = [sound.subarray(0, at), insert, sound.subarray(at + remove)];
        const bytes = Buffer.concat(parts);
        return [bytes.subarray(0, splitAt), bytes.subarray(splitAt)];
      };
      const outcome: unknown = await open(url, async (ws) => ws.closed).catch(
        (error: unknown) => error,
      );
      const name = outcome instanceof Error ? outcome.name : 'closed';
      expect(['HandshakeError', 'closed']).toContain(name);
      await clients.at(-1)!.gone;
    }),
    { numRuns: 200 },
  );
});
