import { describe } from 'vitest';
import { certificatePath } from './support/certificate.js';
import { describeClient } from './support/describe-client.js';
import { findNode } from './support/find-node.js';
import { peerPath, startClientProgram } from './support/program.js';

const skills = { hidesStatus: true, onlyInflates: true, closeAnswer: { reason: '' } };

// Node 20 has none without a flag.
describe.each([22, 24, 26])('the WebSocket of Node %i', (major) => {
  const program = findNode(major);

  describe.skipIf(program === undefined)('as the client', () => {
    const command = {
      program: program!,
      args: [peerPath('whatwg/client.js')],
      env: { NODE_EXTRA_CA_CERTS: certificatePath },
    };
    describeClient(() => startClientProgram(command), skills);
  });
});
