import { describe } from 'vitest';
import { certificatePath, keyPath } from './support/certificate.js';
import { describeClient } from './support/describe-client.js';
import { describeServer } from './support/describe-server.js';
import { peerPath, startClientProgram, startServerProgram } from './support/program.js';
import { PYTHON, pythonHas } from './support/python.js';

const skills = { pings: true, bareCloseCode: 1000, closeAnswer: { code: 1000, reason: '' } };

describe.skipIf(!pythonHas('aiohttp'))('aiohttp', () => {
  const program = PYTHON;

  describe('as the client', () => {
    const args = [peerPath('python/aiohttp_client.py'), certificatePath];
    describeClient(() => startClientProgram({ program, args }), skills);
  });

  describe('as the server', () => {
    const args = [peerPath('python/aiohttp_server.py'), certificatePath, keyPath];
    describeServer(() => startServerProgram({ program, args }), skills);
  });
});
