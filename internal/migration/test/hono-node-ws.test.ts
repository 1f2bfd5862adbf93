import { describeLines } from '../src/describe-lines.js';
import { describePrograms } from '../src/describe-programs.js';
import { honoNodeWsProofs } from '../src/proofs/hono-node-ws.js';

describeLines('hono-node-ws', honoNodeWsProofs);
describePrograms('hono-node-ws', { before: { status: 401, body: '' } });
