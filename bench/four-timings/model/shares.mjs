/**
 * One message and its two replies, in nanoseconds of the server's clock.
 *
 * @typedef {object} Reply
 * @property {number} sent before the message was written
 * @property {number} answered after the empty reply was read
 * @property {number} echoed after the message itself was read back
 */

/**
 * An empty message and a full one, each answered by an empty message and then by itself.
 *
 * @typedef {object} Exchange
 * @property {Reply} empty
 * @property {Reply} full
 */

/**
 * What the echoing side noted of one message, in nanoseconds of the server's clock.
 *
 * @typedef {object} Echo
 * @property {number} received
 * @property {number} replied before the echo was written
 */

/**
 * How the time of one exchange divides between the two ways, in nanoseconds. The server's way is from the server to the
 * echoing side, the client's way is back.
 *
 * @typedef {object} Shares
 * @property {number} serverEmpty for a message of no bytes
 * @property {number} clientEmpty
 * @property {number} server for the full message
 * @property {number} client
 */

/**
 * By the clocks of both sides: from sending here to having received there.
 *
 * @param {Exchange} exchange
 * @param {{ empty: Echo, full: Echo }} echo
 * @returns {Shares}
 */
export function sharesByBothClocks({ empty, full }, echo) {
  return {
    serverEmpty: echo.empty.received - empty.sent,
    clientEmpty: empty.echoed - echo.empty.replied,
    server: echo.full.received - full.sent,
    client: full.echoed - echo.full.replied,
  };
}

/**
 * By the server's clock alone, from the four intervals that it can see. With `s` and `c` for the latencies of an empty
 * message, and `a` and `b` for what the bytes of the full one add:
 *
 *     t1 = s + c            empty out, empty back
 *     t2 = s + 2c           … and a second one back
 *     t3 = s + c + a        full out, empty back
 *     t4 = s + 2c + a + b   … and the full one back
 *
 * @param {Exchange} exchange
 * @returns {Shares}
 */
export function sharesByServerClock({ empty, full }) {
  const t1 = empty.answered - empty.sent;
  const t2 = empty.echoed - empty.sent;
  const t3 = full.answered - full.sent;
  const t4 = full.echoed - full.sent;
  const s = 2 * t1 - t2;
  const c = t2 - t1;
  const a = t3 - t1;
  const b = t4 - t3 - c;
  return { serverEmpty: s, clientEmpty: c, server: s + a, client: c + b };
}
