import type { Message } from '@postern/core';
import { describe, expect, test } from 'vitest';
import { bytesFor } from './describe-messages.js';
import type { Meet } from './encounter.js';
import { MEBIBYTE, shown } from './payloads.js';
import type { Skills } from './peer.js';

export function describeEndings(meet: Meet, skills: Skills): void {
  describe('the end', () => {
    describeOurCloses(meet, skills);
    describeTheirCloses(meet, skills);

    test('they see that we vanished', async () => {
      const { ws, ending } = await meet();
      ws.terminate();
      expect(await ending).toMatchObject({ code: 1006 });
    });
  });
}

function describeOurCloses(meet: Meet, skills: Skills): void {
  test.each([
    { code: 1000, reason: '' },
    { code: 1001, reason: 'gone for lunch' },
    { code: 4001, reason: 'ça suffit '.repeat(11) },
  ])('they hear our $code', async ({ code, reason }) => {
    const { ws, ending } = await meet();
    const answer = { code, reason, ...skills.closeAnswer };
    const info = await ws.close({ code, reason });
    expect(info).toMatchObject({ ...answer, wasClean: true, initiator: 'local' });
    expect(await ending).toMatchObject({ code, reason });
  });

  test('they hear 1009 when a message of theirs is too large for us', async () => {
    const { ws, ending } = await meet();
    await ws.write(bytesFor(skills)(MEBIBYTE + 1));
    expect(await ws.closed).toMatchObject({ code: 1009, initiator: 'local' });
    expect(await ending).toMatchObject({ code: 1009 });
  });
}

function describeTheirCloses(meet: Meet, { bareCloseCode = 1005, ...skills }: Skills): void {
  test.each([
    { code: 1000, reason: 'done' },
    { code: 3000, reason: '' },
    { code: 4002, reason: 'ça suffit' },
  ])('we hear their $code', async ({ code, reason }) => {
    const { ws } = await meet();
    await ws.write(`!close ${code} ${reason}`.trim());
    expect(await ws.closed).toMatchObject({ code, reason, wasClean: true, initiator: 'peer' });
  });

  test('a close of theirs without a code is clean', async () => {
    const { ws } = await meet();
    await ws.write('!close');
    const ending = { code: bareCloseCode, wasClean: true, initiator: 'peer' };
    expect(await ws.closed).toMatchObject(ending);
  });

  test('what they wrote before it arrives', async () => {
    const { ws } = await meet();
    const sent = Array.from({ length: 20 }, () => bytesFor(skills)(60_000));
    for (const bytes of sent) void ws.write(bytes);
    void ws.write('!close 4004');
    const received: Message[] = [];
    for await (const message of ws) received.push(message);
    expect(shown(received)).toEqual(shown(sent));
    expect(await ws.closed).toMatchObject({ code: 4004, wasClean: true });
  });
}

export function testCloseAfterBulk(meet: Meet, skills: Skills): void {
  test('they hear our close behind much that we wrote', async () => {
    const { ws, ending } = await meet();
    for (let index = 0; index < 20; index++) await ws.write(bytesFor(skills)(60_000));
    expect(await ws.close({ code: 4003 })).toMatchObject({ wasClean: true });
    expect(await ending).toMatchObject({ code: 4003 });
  });
}
