import { expect, onTestFinished, test } from 'vitest';
import { describeEndings, testCloseAfterBulk } from './describe-endings.js';
import { describeMessages, testBulk, testFragments, testPings } from './describe-messages.js';
import { describeCompressed, testPlain } from './describe-wire.js';
import type { Encounter, Meet, Wishes } from './encounter.js';
import { SUBPROTOCOL, type Way } from './peer.js';

/** What a peer and we must understand of each other, whoever is the server. */
export function describeConversation(begin: Meet, { secure, compression, skills }: Way): void {
  /** The connection does not outlive its test. */
  const meet = async (wishes?: Wishes): Promise<Encounter> => {
    const encounter = await begin(wishes);
    onTestFinished(() => encounter.ws.terminate());
    return encounter;
  };

  describeMessages(meet, skills);
  describeEndings(meet, skills);
  describeSubprotocols(meet);
  if (!skills.neverInBulk) testBulk(meet, skills);
  if (!skills.rudeWhenBusy) testCloseAfterBulk(meet, skills);
  if (skills.fragments) testFragments(meet);
  if (skills.pings) testPings(meet);
  if (!secure && compression) describeCompressed(meet, skills);
  if (!secure && !compression) testPlain(meet);

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
