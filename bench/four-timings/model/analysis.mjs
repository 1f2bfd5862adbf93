import { clockOffset, onOurClock } from './clock-offset.mjs';
import { sharesByBothClocks, sharesByServerClock } from './shares.mjs';
import { summarize } from './summary.mjs';

/** @import { Measurement, Sample } from '../measure.mjs' */
/** @import { ClockOffset } from './clock-offset.mjs' */
/** @import { Shares } from './shares.mjs' */
/** @import { Summary } from './summary.mjs' */

/**
 * What was found with one client. Times are in nanoseconds.
 *
 * @typedef {object} Findings
 * @property {ClockOffset & { shared: boolean }} clock the client's, as found from the times alone; where it is the server's, the truth is 0
 * @property {Summary} bothClocks
 * @property {Summary} serverClock from t1 to t4
 * @property {{ server: number[], client: number[] }} single of 130,560 bytes, one after the other, by both clocks
 */

/**
 * @param {Measurement} measurement
 * @param {{ sharedClock: boolean }} client whether its clock is the server's
 * @returns {Findings}
 */
export function analyze({ single, sweep }, { sharedClock }) {
  const samples = [single, ...sweep.values()];
  const { offset, uncertainty } = clockOffset(
    samples.flatMap(({ exchanges }) => exchanges),
    samples.flatMap(({ echoes }) => echoes),
  );
  const toOurs = sharedClock ? 0 : offset;
  const singles = byBothClocks(single, toOurs);
  return {
    clock: { shared: sharedClock, offset: Math.round(offset), uncertainty: Math.ceil(uncertainty) },
    bothClocks: summarize(mapValues(sweep, (sample) => byBothClocks(sample, toOurs))),
    serverClock: summarize(
      mapValues(sweep, ({ exchanges }) => exchanges.map((one) => sharesByServerClock(one))),
    ),
    single: {
      server: singles.map(({ server }) => Math.round(server)),
      client: singles.map(({ client }) => Math.round(client)),
    },
  };
}

/**
 * @param {Sample} sample
 * @param {number} offset
 * @returns {Shares[]}
 */
function byBothClocks({ exchanges, echoes }, offset) {
  return echoes.flatMap((echo, index) => {
    const exchange = exchanges[index];
    return exchange ? [sharesByBothClocks(exchange, onOurClock(echo, offset))] : [];
  });
}

/**
 * @template A, B
 * @param {ReadonlyMap<number, A>} map
 * @param {(value: A) => B} change
 * @returns {Map<number, B>}
 */
function mapValues(map, change) {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
