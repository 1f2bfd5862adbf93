import { expect, onTestFinished, test } from 'vitest';
import { describeEndings, testCloseAfterBulk } from './describe-endings.js';
import { echoesOf } from './echo.js';
import {
  bytesFor,
  describeMessages,
  testBulk,
  testFragments,
  testPings,
} from './describe-messages.js';
import { describeCompressed, testPlain } from './describe-wire.js';
import type { Encounter, Meet, Wishes } from './encounter.js';
import { shown } from './payloads.js';
import { SUBPROTOCOL, type Skills, type Way } from './peer.js';

/** What a peer and we must understand of each other, whoever is the server. */
export function describeConversation(begin: Meet, way: Way): void {
  /** The connection does not outlive its test. */
  const meet = async (wishes?: Wishes): Promise<Encounter> => {
    const encounter = await begin(wishes);
    onTestFinished(() => encounter.ws.terminate());
    return encounter;
  };

  testInBrief(meet, way.skills);
  if (!way.brief) describeAtLength(meet, way.skills);
  if (!way.secure && way.compression) describeCompressed(meet, way.skills);
  if (!way.secure && !way.compression) testPlain(meet);
}

function testInBrief(meet: Meet, skills: Skills): void {
  test('text and bytes come back, and the end is clean', async () => {
    const { ws, ending } = await meet({ subprotocols: [SUBPROTOCOL] });
    const sent = ['Grüße', bytesFor(skills)(100_000), 'x'.repeat(1000)];
    expect(shown(await echoesOf(ws, sent))).toEqual(shown(sent));
    expect(await ws.close({ code: 4000 })).toMatchObject({ wasClean: true });
    expect(await ending).toMatchObject({ code: 4000, subprotocol: SUBPROTOCOL });
  });
}

function describeAtLength(meet: Meet, skills: Skills): void {
  describeMessages(meet, skills);
  describeEndings(meet, skills);
  describeSubprotocols(meet);
  if (!skills.neverInBulk) testBulk(meet, skills);
  if (!skills.rudeWhenBusy) testCloseAfterBulk(meet, skills);
  if (skills.fragments) testFragments(meet);
  if (skills.pings) testPings(meet);

  test('they answer our pings', async () => {
    const { ws } = await meet();
    expect(await ws.ping('are you there?')).toBeGreaterThanOrEqual(0);
  });
}

function describeSubprotocols(meet: Meet): void {
  test('a subprotocol that both know is agreed on', async () => {
    const { ws, ending } = await meet({ subprotocols: ['other', SUBPROTOCOL] });
    expect(ws.subprotocol).toBe(SUBPROTOCOL);
    await ws.close();
    expect(await ending).toMatchObject({ code: 1000, subprotocol: SUBPROTOCOL });
  });

  test('no subprotocol is agreed on when none is offered', async () => {
    const { ws, ending } = await meet();
    expect(ws.subprotocol).toBe('');
    await ws.close();
    expect(await ending).toMatchObject({ code: 1000, subprotocol: '' });
  });
}
