import { describeLines } from '../src/describe-lines.js';
import { describePrograms } from '../src/describe-programs.js';
import { expressWsProofs } from '../src/proofs/express-ws.js';

describeLines('express-ws', expressWsProofs);
describePrograms('express-ws', { before: { status: 101, code: 1005 } });
