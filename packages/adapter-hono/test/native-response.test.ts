import { describeTogether } from './support/all-together.js';

describeTogether(false);
