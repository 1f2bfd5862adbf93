import { describeAdapter, describeProgram } from '@postern/adapter-contract';

import { fastifyAdapter } from './support/fastify-adapter.js';

describeAdapter(fastifyAdapter);
describeProgram('Fastify', new URL('support/program.mjs', import.meta.url));
