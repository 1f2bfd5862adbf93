import { describeLines } from '../src/describe-lines.js';
import { describePrograms } from '../src/describe-programs.js';
import { koaWebsocketProofs } from '../src/proofs/koa-websocket.js';

describeLines('koa-websocket', koaWebsocketProofs);
describePrograms('koa-websocket', { before: { status: 101, code: 4401 } });
