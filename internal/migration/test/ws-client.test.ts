import { describeLines } from '../src/describe-lines.js';
import { describeClients } from '../src/describe-programs.js';
import { wsClientProofs } from '../src/proofs/ws-client.js';

describeLines('ws-client', wsClientProofs);
describeClients('ws-client');
