import type { ServerHandshakeCase } from '../../case.js';
import { brokenHttp } from './broken-http.js';
import { delivery } from './delivery.js';
import { headers } from './headers.js';
import { keyAndVersion } from './key-and-version.js';
import { offers } from './offers.js';
import { origins } from './origins.js';
import { requestLine } from './request-line.js';
import { response } from './response.js';

/** The opening handshake as a server must handle it. */
export const serverHandshakeCases: readonly ServerHandshakeCase[] = [
  ...response,
  ...requestLine,
  ...headers,
  ...keyAndVersion,
  ...offers,
  ...origins,
  ...delivery,
  ...brokenHttp,
];
