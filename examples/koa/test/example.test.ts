import { describeExample } from '../../shared/test/support/describe-example.js';

describeExample('Koa', new URL('../server.mjs', import.meta.url));
