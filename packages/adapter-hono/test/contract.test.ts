import { describeAdapter, describeProgram } from '@postern/adapter-contract';

import { honoAdapter } from './support/hono-adapter.js';

describeAdapter(honoAdapter);
describeProgram('Hono', new URL('support/program.mjs', import.meta.url));
