export type { Clock } from '../connection/clock.js';
export { connectTo, type ServesHttp } from './connect-to.js';
export { duplexPair } from './duplex-pair.js';
export { fakeClock, type FakeClock } from './fake-clock.js';
export { pair, type Pair, type PairOptions } from './pair.js';
