import { describeAdapter } from '@postern/adapter-contract';

import { honoAdapter } from './support/hono-adapter.js';

describeAdapter(honoAdapter);
