import { describeLines } from '../src/describe-lines.js';
import { describePrograms } from '../src/describe-programs.js';
import { crosswsProofs } from '../src/proofs/crossws.js';

describeLines('crossws', crosswsProofs);
describePrograms('crossws', { before: { status: 401, body: 'A token, please.\n' } });
