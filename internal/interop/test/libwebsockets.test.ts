import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { certificatePath, keyPath } from './support/certificate.js';
import { compile, compilerHas } from './support/compiler.js';
import { describeClient } from './support/describe-client.js';
import { describeServer } from './support/describe-server.js';
import type { Skills } from './support/peer.js';
import { peerPath, startClientProgram, startServerProgram } from './support/program.js';

const skills: Skills = {
  pings: true,
  fragments: true,
  bareCloseCode: 1000,
  rudeWhenBusy: true,
  // What its 4.1 does to other libraries too: assertions fail when it compresses nothing, or inflates much at a time, and large
  // messages that cannot be compressed come out as others.
  compressed: { neverEmpty: true, neverNoise: true, neverInBulk: true },
};

/** Its client, besides, turns in circles for ever when a message is not compressed, or a pong comes, once deflate was agreed on. */
const clientSkills: Skills = {
  ...skills,
  compressed: { ...skills.compressed, pings: false, compression: { threshold: 0 } },
};

/** Its server answers with larger windows than were offered, and forgets our context too when it is to forget its own. */
const serverSkills: Skills = { ...skills, noParameters: true };

describe.skipIf(!compilerHas('libwebsockets'))('libwebsockets', () => {
  let directory: string;
  let program: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'postern-interop-'));
    program = join(directory, 'echo');
    compile(peerPath('libwebsockets/echo.c'), 'libwebsockets', program);
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  describe('as the client', () => {
    const args = ['client', certificatePath];
    describeClient(() => startClientProgram({ program, args }), clientSkills);
  });

  describe('as the server', () => {
    const args = ['server', certificatePath, keyPath];
    describeServer(() => startServerProgram({ program, args }), serverSkills);
  });
});
