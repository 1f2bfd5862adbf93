import { SINGLE_SIZE } from '../model/sizes.mjs';
import { logAxis } from './log-axis.mjs';
import { provenance } from './results.mjs';
import { clientScales, columnGap, config, sides } from './theme.mjs';

/** @import { TopLevelSpec } from 'vega-lite' */
/** @import { ClientName } from '../options.mjs' */
/** @import { Results } from './results.mjs' */
/** @import { Side } from './theme.mjs' */

/** @typedef {{ client: ClientName, side: Side, index: number, ns: number }} Row */

const WIDTH = 380;
const HEIGHT = 130;

const quantitative = /** @type {const} */ ('quantitative');

/**
 * Messages of one size, one after the other: a row for each client, there and back beside each other.
 *
 * @param {Results} results
 * @returns {TopLevelSpec}
 */
export function messagesChart(results) {
  const rows = rowsOf(results);
  const names = results.clients.map(({ client }) => client);
  return {
    title: {
      text: `Messages of ${SINGLE_SIZE.toLocaleString('en')} bytes, one after the other`,
      subtitle: [
        'Each dot is one message: its time divided by its bytes. Loopback.',
        ...provenance(results),
      ],
    },
    data: { values: rows },
    vconcat: names.map((client) => ({
      spacing: columnGap,
      bounds: /** @type {const} */ ('flush'),
      hconcat: sides.map(({ side }) => panel(rows, names, { client, side })),
    })),
    spacing: 26,
    config,
  };
}

/**
 * @param {Results} results
 * @returns {Row[]}
 */
function rowsOf({ clients }) {
  return clients.flatMap(({ client, single }) =>
    sides.flatMap(({ side }) =>
      single[side].map((nanos, index) => ({
        client,
        side,
        index: index + 1,
        ns: nanos / SINGLE_SIZE,
      })),
    ),
  );
}

/**
 * @param {Row[]} rows
 * @param {ClientName[]} names
 * @param {{ client: ClientName, side: Side }} what
 */
function panel(rows, names, { client, side }) {
  const isLast = client === names.at(-1);
  return {
    width: WIDTH,
    height: HEIGHT,
    title: {
      text: side === 'server' ? `Server to ${client}` : `${client} to server`,
      fontSize: 13,
      offset: 6,
      frame: /** @type {const} */ ('group'),
    },
    transform: [{ filter: `datum.side === '${side}' && datum.client === '${client}'` }],
    mark: { type: /** @type {const} */ ('point'), filled: true, size: 18, opacity: 0.8 },
    encoding: {
      x: {
        field: 'index',
        type: quantitative,
        axis: { title: isLast ? 'number of the message' : null, grid: false, tickSize: 4 },
      },
      y: {
        field: 'ns',
        type: quantitative,
        ...logAxis(
          rows.map(({ ns }) => ns),
          'ns per byte',
        ),
      },
      color: {
        field: 'client',
        type: /** @type {const} */ ('nominal'),
        scale: clientScales(names).color,
        legend: null,
      },
    },
  };
}
