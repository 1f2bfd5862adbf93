import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { dial } from '../server/support/raw-client.js';
import { upgradeRequest } from '../server/support/upgrade-request.js';
import { buildCore, type BuiltCore } from './support/built-core.js';
import { startProgram } from './support/program.js';

let core: BuiltCore;
beforeAll(async () => {
  core = await buildCore();
}, 60_000);
afterAll(() => core.remove());

const clean = { code: 0, signal: null, stderr: '' };

describe('a server that is told to end', { timeout: 30_000 }, () => {
  test('with nobody there ends with code 0', async () => {
    const program = startProgram('echo-server', core.url);
    await program.line();
    program.kill('SIGTERM');
    expect(await program.outcome).toEqual(clean);
  });

  test('tells 200 active clients 1001 and ends with code 0', async () => {
    const program = startProgram('echo-server', core.url);
    const port = Number(await program.line());
    const clients = Array.from({ length: 200 }, () => dial({ port }).ask().say('hello'));
    await Promise.all(
      clients.map(async (client) => {
        await client.opened();
        expect(await client.text()).toBe('hello');
      }),
    );
    program.kill('SIGTERM');
    const codes = await Promise.all(clients.map((client) => client.closed()));
    expect(new Set(codes)).toEqual(new Set([1001]));
    expect(await program.outcome).toEqual(clean);
  });

  test('is not held up by the refused, the waiting, the idle and the lost', async () => {
    const program = startProgram('echo-server', core.url);
    const port = Number(await program.line());
    const knock = (target: string) => dial({ port }).ask({}, { target });
    const refused = knock('/refused');
    const slow = knock('/slow');
    const idle = dial({ port });
    const kept = dial({ port }).send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const lost = knock('/');
    expect((await refused.response()).status).toBe(403);
    expect((await kept.head()).status).toBe(200);
    await lost.opened();
    lost.reset();
    program.kill('SIGTERM');
    expect((await slow.response()).status).toBe(503);
    await Promise.all([idle.gone, kept.gone]);
    expect(await program.outcome).toEqual(clean);
  });
});

describe('a server whose user code fails everywhere', { timeout: 30_000 }, () => {
  test('does not end, whatever its clients do', async () => {
    const program = startProgram('faulty-server', core.url);
    const ports = JSON.parse(await program.line()) as number[];
    const targets = [
      '/',
      '/before',
      '/after',
      '/listener',
      '/late-listener',
      '/never',
      '/filter',
      '/foreign',
    ];
    for (const port of ports) {
      for (const target of targets) {
        for (const lines of [{}, { Origin: 'http://a.example' }]) {
          const client = dial({ port }).ask(lines, { target }).say('hello');
          await Promise.race([client.head().catch(() => undefined), client.gone]);
          client.end();
        }
        // And those that are lost at one moment or another.
        for (let turns = 0; turns < 4; turns += 1) {
          const client = dial({ port });
          await once(client.socket, 'connect');
          client.send(upgradeRequest({}, { target }));
          for (let count = 0; count < turns; count += 1) await turn();
          client.reset();
          await client.gone;
        }
      }
    }
    // All of them still serve.
    for (const port of ports.slice(1)) expect((await dial({ port }).ask().head()).status).toBe(101);
    program.finish();
    const outcome = await program.outcome;
    expect(outcome).toMatchObject({ code: 0, signal: null });
    // What `onError` itself did wrong was printed, and nothing that Node prints of a crash.
    expect(outcome.stderr).toContain('faulty onError');
    expect(outcome.stderr).not.toMatch(/Uncaught|UnhandledPromise|Node\.js v/);
  });
});
