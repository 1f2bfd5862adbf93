import { describeAdapter, describeProgram } from '@postern/adapter-contract';

import { expressAdapter } from './support/express-adapter.js';

describeAdapter(expressAdapter);
describeProgram('Express', new URL('support/program.mjs', import.meta.url));
