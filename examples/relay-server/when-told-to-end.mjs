/**
 * Calls `end` when the program is asked to end, and when whoever started it is gone.
 *
 * @param {() => void} end
 */
export function whenToldToEnd(end) {
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(event, end);
  process.channel?.unref(); // There for `server.mjs`, and no reason to go on.
}
