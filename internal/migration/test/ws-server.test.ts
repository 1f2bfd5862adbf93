import { describeLines } from '../src/describe-lines.js';
import { describePrograms } from '../src/describe-programs.js';
import { wsServerProofs } from '../src/proofs/ws-server.js';

describeLines('ws-server', wsServerProofs);
describePrograms('ws-server', { before: { status: 401, body: 'A token, please.\n' } });
