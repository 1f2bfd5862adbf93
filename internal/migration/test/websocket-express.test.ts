import { describeLines } from '../src/describe-lines.js';
import { describePrograms } from '../src/describe-programs.js';
import { websocketExpressProofs } from '../src/proofs/websocket-express.js';

describeLines('websocket-express', websocketExpressProofs);
describePrograms('websocket-express', { before: { status: 401, body: 'A token, please.\n' } });
