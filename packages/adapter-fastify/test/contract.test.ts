import { describeAdapter } from '@postern/adapter-contract';

import { fastifyAdapter } from './support/fastify-adapter.js';

describeAdapter(fastifyAdapter);
