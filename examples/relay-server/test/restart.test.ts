import { browserAvailable, launchChromium } from '@postern/browser';
import type { Browser, BrowserContext } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Program } from '../../shared/test/support/program.js';
import { Guest } from './support/guest.js';

vi.setConfig({ hookTimeout: 90_000 }); // Programs and a browser have to start.

const relayFile = new URL('../relay.mjs', import.meta.url);
const simulationFile = new URL('../simulation.mjs', import.meta.url);
const serverFile = new URL('../server.mjs', import.meta.url);

describe.skipIf(!browserAvailable('chromium'))(
  'with a page in Chromium',
  { timeout: 90_000 },
  () => {
    let browser: Browser;
    let context: BrowserContext;

    beforeAll(async () => {
      browser = await launchChromium();
    }, 60_000);
    afterAll(() => browser.close());
    beforeEach(async () => {
      context = await browser.createBrowserContext();
    });
    afterEach(() => context.close());

    describe('three programs', () => {
      let relay: Program;
      let simulation: Program;
      let url: string;
      let guest: Guest;

      const runSimulation = () => new Program(simulationFile, { RELAY: url.replace('http', 'ws') });
      const runRelay = () => new Program(relayFile, { PORT: new URL(url).port });

      beforeEach(async () => {
        relay = new Program(relayFile);
        url = (await relay.url()).slice(0, -1);
        simulation = runSimulation();
        guest = await Guest.arrive(context, url);
        await guest.sees('simulation', simulation.pid);
        await guest.sees('relay', relay.pid);
      });
      afterEach(() => {
        relay.kill();
        simulation.kill();
      });

      test('a simulation that is killed and started again: page and relay carry on', async () => {
        simulation.kill();
        await guest.reads(/1014, the relay has lost the simulation/);
        simulation = runSimulation();
        await guest.sees('simulation', simulation.pid);
        await guest.sees('relay', relay.pid);
        expect(relay.isRunning).toBe(true);
        expect(guest.complaints).toEqual([]);
      });

      test('a relay that is killed and started again: page and simulation carry on', async () => {
        relay.kill();
        await guest.reads(/1006, the relay is lost/);
        relay = runRelay();
        await guest.sees('relay', relay.pid);
        await guest.sees('simulation', simulation.pid);
        expect(simulation.isRunning).toBe(true);
        expect(guest.complaints).toEqual([]);
      });

      test('a page that is loaded again, and again: relay and simulation carry on', async () => {
        // More often than there are seats.
        for (let time = 0; time < 6; time += 1) {
          await guest.page.reload();
          await guest.sees('simulation', simulation.pid);
        }
        expect(relay.isRunning && simulation.isRunning).toBe(true);
      });

      test('a simulation that is told to end says goodbye, and so does the relay; both exit with 0', async () => {
        simulation.signal('SIGTERM');
        await guest.reads(/1001, somebody said goodbye/);
        expect(await simulation.ended()).toBe(0);
        simulation = runSimulation();
        await guest.sees('simulation', simulation.pid);
        relay.signal('SIGINT');
        await guest.reads(/1001, somebody said goodbye/);
        expect(await relay.ended()).toBe(0);
      });

      test('there is no plug to pull, unless the relay was started with plugs', async () => {
        expect(await guest.page.$('#plugs[hidden]')).not.toBeNull();
      });

      test('the log tells who came, who was joined and how it ended', async () => {
        await relay.prints(/WSLOG: #\d+ accepted 101 GET \/simulation from/);
        await relay.prints(/WSLOG: #\d+ accepted 101 GET \/flock from .+, origin http:/);
        await relay.prints(
          /INFO: +joined: WebSocket\(server, OPEN\) #\d+ WebSocket\(server, OPEN\)/,
        );
        await relay.prints(/WSLOG: #\d+ received ping/); // The heartbeat of a seat that waits.
        await guest.page.close();
        const line = await relay.prints(/WSLOG: #\d+ closed 1001 .+ by the peer after .+/);
        expect(line).toContain('received 1 (5 B), sent');
      });
    });

    describe('one program that keeps both running', () => {
      let server: Program;
      let guest: Guest;

      beforeEach(async () => {
        server = new Program(serverFile);
        guest = await Guest.arrive(context, await server.url());
        await guest.seesPictures();
      });
      afterEach(() => server.kill());

      test.each(['relay', 'simulation'] as const)(
        'starts the %s again when its plug was pulled',
        async (name) => {
          const other = name === 'relay' ? 'simulation' : 'relay';
          const [lost, kept] = [await guest.processOf(name), await guest.processOf(other)];
          await guest.page.locator(`#unplug-${name}`).click();
          await guest.reads(/Back after \d+\.\d s/);
          await guest.sees(other, kept);
          expect(await guest.processOf(name)).not.toBe(lost);
        },
      );

      test('SIGTERM ends both, and exits with 0', async () => {
        const [relay, simulation] = [
          await guest.processOf('relay'),
          await guest.processOf('simulation'),
        ];
        server.signal('SIGTERM');
        expect(await server.ended()).toBe(0);
        for (const pid of [relay, simulation]) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      });

      test('when it is killed, the others end as well', async () => {
        const relay = await guest.processOf('relay');
        server.kill();
        await guest.reads(/1001, somebody said goodbye/);
        await expect.poll(() => isThere(relay), { timeout: 10_000 }).toBe(false);
      });
    });
  },
);

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
