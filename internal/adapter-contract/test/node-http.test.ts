import { describeAdapter } from '../src/index.js';
import { nodeHttp } from './support/node-http-adapter.js';

describeAdapter(nodeHttp);
