import { describeAdapter, describeProgram } from '../src/index.js';
import { nodeHttp } from './support/node-http-adapter.js';

describeAdapter(nodeHttp);
describeProgram('node:http', new URL('support/program.mjs', import.meta.url));
