import { describeExample } from '../../shared/test/support/describe-example.js';

describeExample('Fastify', new URL('../server.mjs', import.meta.url));
