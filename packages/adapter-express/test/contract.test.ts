import { describeAdapter } from '@postern/adapter-contract';

import { expressAdapter } from './support/express-adapter.js';

describeAdapter(expressAdapter);
