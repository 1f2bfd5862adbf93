import { describeExample } from '../../shared/test/support/describe-example.js';

describeExample('Express', new URL('../server.mjs', import.meta.url));
