import { describe } from 'vitest';
import { certificatePath, keyPath } from './support/certificate.js';
import { describeClient } from './support/describe-client.js';
import { describeServer } from './support/describe-server.js';
import { peerPath, startClientProgram, startServerProgram } from './support/program.js';
import { PYTHON, pythonHas } from './support/python.js';

const skills = { pings: true, fragments: true, bareCloseCode: 1000 };

describe.skipIf(!pythonHas('websockets'))("Python's websockets", () => {
  const program = PYTHON;

  describe('as the client', () => {
    const args = [peerPath('python/websockets_client.py'), certificatePath];
    describeClient(() => startClientProgram({ program, args }), skills);
  });

  describe('as the server', () => {
    const args = [peerPath('python/websockets_server.py'), certificatePath, keyPath];
    describeServer(() => startServerProgram({ program, args }), skills);
  });
});
