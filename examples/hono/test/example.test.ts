import { describeExample } from '../../shared/test/support/describe-example.js';

describeExample('Hono', new URL('../server.mjs', import.meta.url));
