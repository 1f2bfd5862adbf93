import { describeAdapter } from '@postern/adapter-contract';

import { koaAdapter } from './support/koa-adapter.js';

describeAdapter(koaAdapter);
