export { fakeClock, type FakeClock } from './fake-clock.js';
export { pair, type Pair, type PairOptions } from './pair.js';
