import type { ClientRequestCase, ClientResponseCase } from '../../case.js';
import { accepted } from './accepted.js';
import { refused } from './refused.js';
import { clientRequests } from './requests.js';

/** What a client says to open a connection. */
export const clientRequestCases: readonly ClientRequestCase[] = clientRequests;

/** How a client takes what a server answers. */
export const clientResponseCases: readonly ClientResponseCase[] = [...accepted, ...refused];
