import { rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { portOf } from './house.js';
import { pageNamed } from './page.js';
import { Program } from './program.js';
import { Visitor, visit } from './visitor.js';
import { openWorkshop } from './workshop.js';

/** What becomes of a client without a token: the answer's status, its body, and the close code once it was let in. */
export interface Intrusion {
  readonly status: number;
  readonly body?: string;
  readonly code?: number;
}

/** The port that all pages speak of. */
const WRITTEN_PORT = /\b8080\b/g;

const headers = { authorization: 'Bearer 7f3a' };

/** Runs the two programs of a page, has the same conversation with both, and ends ours by SIGTERM. */
export function describePrograms(name: string, intrusion: { before: Intrusion }): void {
  describe(`the programs of docs/migration/${name}.md`, () => {
    const { programs } = pageNamed(name);
    let folder: string;
    beforeAll(async () => void (folder = await openWorkshop()));
    afterAll(() => rm(folder, { recursive: true }));

    const start = async (name: string): Promise<{ program: Program; port: number }> => {
      const file = join(folder, name);
      await writeFile(file, programs.get(name)!.replace(WRITTEN_PORT, '0'));
      const program = new Program(file);
      onTestFinished(() => program.signal('SIGKILL'));
      return { program, port: await program.listens() };
    };

    test('before.mjs serves a chat', async () => {
      const { port } = await start('before.mjs');
      await chatOn(port);
      expect(await intrusionOn(port)).toEqual(intrusion.before);
    });

    test('after.mjs serves the same chat, refuses strangers, and ends well', async () => {
      const { program, port } = await start('after.mjs');
      const ada = await chatOn(port);
      expect(await intrusionOn(port)).toEqual({ status: 401, body: 'A token, please.\n' });
      program.signal('SIGTERM');
      expect(await ada.closed).toEqual({ code: 1001, reason: '' });
      expect(await program.outcome).toEqual({ end: 0, stdout: '', stderr: '' });
    });
  });
}

/** Runs the two programs of a page, which are clients, with a server that lets them in and one that does not. */
export function describeClients(name: string): void {
  describe(`the programs of docs/migration/${name}.md`, () => {
    let folder: string;
    beforeAll(async () => void (folder = await openWorkshop()));
    afterAll(() => rm(folder, { recursive: true }));

    test.each(['before.mjs', 'after.mjs'])('%s talks, and tells of a refusal', async (program) => {
      const outcomes = [await echoServer(101), await echoServer(401)].map(async (port) => {
        const file = join(folder, `${port}-${program}`);
        const code = pageNamed(name).programs.get(program)!;
        await writeFile(file, code.replace(WRITTEN_PORT, String(port)));
        return new Program(file).outcome;
      });
      expect(await Promise.all(outcomes)).toEqual([
        { end: 0, stdout: 'Ada: Good evening\n', stderr: '' },
        { end: 0, stdout: 'refused with 401\n', stderr: '' },
      ]);
    });
  });
}

/** A server, npm's `ws`, that answers as Ada, or refuses everyone. */
async function echoServer(status: 101 | 401): Promise<number> {
  const server = createServer();
  const verifyClient = ({ req }: { req: IncomingMessage }): boolean =>
    status === 101 && req.headers.authorization === headers.authorization;
  new WebSocketServer({ server, verifyClient }).on('connection', (ws) => {
    ws.on('message', (data: Buffer) => ws.send(`Ada: ${String(data)}`));
  });
  return portOf(server.listen(0));
}

/** Two who are let in hear what one of them says. */
async function chatOn(port: number): Promise<Visitor> {
  const [ada, ada2] = await Promise.all([
    visit(port, '/chat', { headers }),
    visit(port, '/chat', { headers }),
  ]);
  await Promise.all([ada.sync(), ada2.sync()]);
  expect(await ada.ask('Good evening')).toBe('Ada: Good evening');
  expect(await ada2.next()).toBe('Ada: Good evening');
  return ada;
}

async function intrusionOn(port: number): Promise<Intrusion> {
  const stranger = new Visitor(port, '/chat');
  const { status, body } = await stranger.answer;
  if (status !== 101) return { status, body };
  return { status, code: (await stranger.closed).code };
}
