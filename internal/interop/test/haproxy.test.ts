import { describe } from 'vitest';
import { describeProxy } from './support/describe-proxy.js';
import { proxyAvailable, startHaproxy } from './support/proxy.js';

describe.skipIf(!proxyAvailable('haproxy'))('behind HAProxy', () => {
  describeProxy(startHaproxy, (short) => ['timeout tunnel 60s', `timeout tunnel ${short}`]);
});
