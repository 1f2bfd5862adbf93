import { describeLines } from '../src/describe-lines.js';
import { describePrograms } from '../src/describe-programs.js';
import { fastifyWebsocketProofs } from '../src/proofs/fastify-websocket.js';

describeLines('fastify-websocket', fastifyWebsocketProofs);
describePrograms('fastify-websocket', { before: { status: 401, body: 'A token, please.\n' } });
