import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ExampleProcess } from './example-process.js';
import { Guest } from './guest.js';

/** How an example begins, and how it ends. */
export function testStartAndEnd(program: URL): void {
  let example: ExampleProcess | undefined;
  afterEach(() => example?.kill());

  test('takes the next free port when the one asked for is taken', async () => {
    const occupant = createServer();
    await once(occupant.listen(0), 'listening');
    const { port } = occupant.address() as AddressInfo;
    example = await ExampleProcess.start(program, port);
    expect(example.port).toBeGreaterThan(port);
    expect(example.printed[0]).toBe(`Port ${port} is taken.`);
    expect((await fetch(example.url)).status).toBe(200);
    occupant.close();
  });

  // Browsers open connections in advance; http.Server.close() alone waits a minute for those that have asked nothing.
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s tells everyone 1001 and exits with 0, whoever else is connected',
    async (signal) => {
      example = await ExampleProcess.start(program);
      const idle = connect(example.port, 'localhost');
      await once(idle, 'connect');
      const guest = await Guest.logIn(example, 'Ada');
      const ws = await guest.chat();
      example.signal(signal);
      expect(await ws.closed).toMatchObject({ code: 1001, initiator: 'peer', wasClean: true });
      expect(await example.ended()).toBe(0);
      idle.destroy();
    },
  );
}
