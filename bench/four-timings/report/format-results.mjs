import { alignColumns } from '../../runner/report.mjs';
import { SINGLE_SIZE } from '../model/sizes.mjs';
import { plotSizes } from './plot-sizes.mjs';
import { provenance } from './results.mjs';

/** @import { Summary } from '../model/summary.mjs' */
/** @import { Results } from './results.mjs' */

/** Load average above which other programs had a part in the figures: what runs in the minute before mostly goes on. */
const QUIET_LOAD = 0.5;

const columns = [
  '',
  'server ms',
  'client ms',
  'server ns/byte',
  'client ns/byte',
  'server best',
  'client best',
];

/** What fits where nobody knows the width. */
export const USUAL_WIDTH = 80;

/**
 * Tables and plots for a terminal.
 *
 * @param {Results} results
 * @param {number} width of the terminal, in characters
 */
export function formatResults(results, width) {
  const { clients, settings, machine } = results;
  return [
    `${settings.messages} messages of each size${settings.pinned ? '' : '; NOT PINNED to cores of their own'}`,
    "The server's share is the way from the server to the client, the client's share the way back.",
    'ms is for an empty message, ns/byte what each byte adds, best the least ns/byte of any size with all its ms.',
    '',
    'By the clocks of both sides',
    ...tableOf(clients.map(({ client, bothClocks }) => [client, bothClocks])),
    ...clients.map(clockNote),
    '',
    'By the clock of the server alone, from t1 to t4',
    ...tableOf(clients.map(({ client, serverClock }) => [client, serverClock])),
    '',
    ...plotSizes(clients, width),
    ...clients.map(singleNote),
    ...provenance(results),
    ...(machine.load > QUIET_LOAD
      ? [
          `~ other programs were running (load average ${machine.load.toFixed(1)}): repeat this on a quiet machine`,
        ]
      : []),
  ].join('\n');
}

/** @param {[name: string, summary: Summary][]} rows */
function tableOf(rows) {
  const cells = rows.map(([name, { server, client, sizes }]) => [
    name,
    millis(server.latency),
    millis(client.latency),
    server.nanosPerByte.toFixed(2),
    client.nanosPerByte.toFixed(2),
    best(sizes.map(({ size, server: { median } }) => median / size)),
    best(sizes.map(({ size, client: { median } }) => median / size)),
  ]);
  return alignColumns([columns, ...cells]).map((line) => `  ${line}`);
}

/** @param {Results['clients'][number]} client */
function clockNote({ client, clock: { shared, offset, uncertainty } }) {
  const margin = `± ${millis(uncertainty)} ms`;
  return shared
    ? `${client} reads the server's clock; found as a browser's is, it would be ${millis(offset)} ms off, ${margin}.`
    : `The clock of ${client} is known to ${margin}: so are its two latencies, but not their sum.`;
}

/** @param {Results['clients'][number]} client */
function singleNote({ client, single }) {
  const range = (/** @type {number[]} */ times) =>
    `${millis(Math.min(...times))} to ${millis(Math.max(...times))} ms`;
  return (
    `${client}, ${single.server.length} messages of ${SINGLE_SIZE.toLocaleString('en')} bytes:` +
    ` there ${range(single.server)}, back ${range(single.client)}`
  );
}

/** @param {number[]} values */
function best(values) {
  return Math.min(...values).toFixed(2);
}

/** @param {number} nanos */
function millis(nanos) {
  return (nanos / 1e6).toFixed(3);
}
