import { describeLines } from '../src/describe-lines.js';
import { describePrograms } from '../src/describe-programs.js';
import { koaEasyWsProofs } from '../src/proofs/koa-easy-ws.js';

describeLines('koa-easy-ws', koaEasyWsProofs);
describePrograms('koa-easy-ws', { before: { status: 401, body: 'A token, please.\n' } });
