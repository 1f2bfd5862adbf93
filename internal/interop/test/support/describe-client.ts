import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Encounter } from './encounter.js';
import { describeConversation } from './describe-conversation.js';
import { describeParameters, type CompressionOptions } from './describe-parameters.js';
import { waysOf, type PeerClient, type Skills } from './peer.js';
import { startStation, type Station } from './station.js';

/** A peer's client comes to our server. */
export function describeClient(
  start: () => PeerClient | Promise<PeerClient>,
  abilities: Skills,
): void {
  let client: PeerClient;

  beforeAll(async () => {
    client = await start();
  });

  afterAll(() => client.stop());

  describe.each(waysOf(abilities))('to us: secure $secure, compression $compression', (way) => {
    let station: Station;
    const { secure, compression, skills } = way;
    const options = { secure, compression: compression && (skills.compression ?? true) };

    beforeAll(async () => {
      station = await startStation(options);
    });

    afterAll(() => station.stop());

    describeConversation((wishes) => station.meet(client, compression, wishes), way);

    test('is refused with the status that the gatekeeper says', async () => {
      const url = station.server.url + station.gate((...[, ws]) => ws.refuse(403));
      const refused = skills.hidesStatus ? 0 : 403;
      expect(await client.dial({ url, subprotocols: [], compression })).toEqual({ refused });
    });

    test('is refused when it offers subprotocols that we do not know', async () => {
      const url = station.server.url + station.gate((...[, ws]) => ws.accept());
      const refused = skills.hidesStatus ? 0 : 400;
      const dial = { url, subprotocols: ['strange', 'stranger'], compression };
      expect(await client.dial(dial)).toEqual({ refused });
    });

    test('hears 1001 when the server is closed', async () => {
      const other = await startStation(options);
      const { ending } = await other.meet(client, compression);
      await other.server.close();
      expect(await ending).toMatchObject({ code: 1001 });
    });
  });

  const meetWith = async (compression: CompressionOptions): Promise<Encounter> => {
    const station = await startStation({ compression });
    onTestFinished(() => station.stop());
    return station.meet(client, true);
  };
  if (!abilities.noParameters) describeParameters(meetWith, abilities);

  test('goes without compression when we want none', async () => {
    const station = await startStation({ compression: false });
    const { ws, ending } = await station.meet(client, true);
    await ws.write('plain enough, and longer than any threshold there is: '.repeat(10));
    expect(await ws.read()).toContain('plain enough');
    await ws.close();
    expect(await ending).toMatchObject({ code: 1000 });
    await station.stop();
  });
}
