import { describeAdapter, describeProgram } from '@postern/adapter-contract';

import { koaAdapter } from './support/koa-adapter.js';

describeAdapter(koaAdapter);
describeProgram('Koa', new URL('support/program.mjs', import.meta.url));
