import { execPath } from 'node:process';
import { describe } from 'vitest';
import { certificatePath } from './support/certificate.js';
import { describeClient } from './support/describe-client.js';
import { peerPath, startClientProgram } from './support/program.js';

const skills = { hidesStatus: true, onlyInflates: true, closeAnswer: { reason: '' } };

describe('undici', () => {
  const command = {
    program: execPath,
    args: [peerPath('whatwg/client.js'), 'undici'],
    env: { NODE_EXTRA_CA_CERTS: certificatePath },
  };
  describeClient(() => startClientProgram(command), skills);
});
