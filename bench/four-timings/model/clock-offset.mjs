/** @import { Echo, Exchange } from './shares.mjs' */

/**
 * Two clocks that run alike but began at different times: adding `offset` to a time of the other clock gives one of ours.
 *
 * @typedef {object} ClockOffset
 * @property {number} offset in nanoseconds
 * @property {number} uncertainty the truth is no further than this from `offset`, in nanoseconds
 */

/**
 * Nothing arrives before it was sent: each message says how early the other clock began at least, each reply how early
 * at most. The middle is right when the fastest message took as long as the fastest reply.
 *
 * @param {readonly Exchange[]} exchanges
 * @param {readonly { empty: Echo, full: Echo }[]} echoes by the other clock, as many
 * @returns {ClockOffset}
 */
export function clockOffset(exchanges, echoes) {
  let least = -Infinity;
  let most = Infinity;
  for (const [index, { empty, full }] of exchanges.entries()) {
    const echo = echoes[index];
    least = Math.max(least, empty.sent - echo.empty.received, full.sent - echo.full.received);
    most = Math.min(most, empty.echoed - echo.empty.replied, full.echoed - echo.full.replied);
  }
  return { offset: (least + most) / 2, uncertainty: (most - least) / 2 };
}

/**
 * @param {{ empty: Echo, full: Echo }} echo by the other clock
 * @param {number} offset
 */
export function onOurClock({ empty, full }, offset) {
  return { empty: shift(empty, offset), full: shift(full, offset) };
}

/**
 * @param {Echo} echo
 * @param {number} offset
 * @returns {Echo}
 */
function shift({ received, replied }, offset) {
  return { received: received + offset, replied: replied + offset };
}
