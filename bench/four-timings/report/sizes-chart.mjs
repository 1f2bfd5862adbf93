import { logAxis } from './log-axis.mjs';
import { provenance } from './results.mjs';
import { clientScales, columnGap, config, sides } from './theme.mjs';

/** @import { TopLevelSpec } from 'vega-lite' */
/** @import { Results } from './results.mjs' */
/** @import { Side } from './theme.mjs' */

/** @typedef {'ms' | 'ns'} Unit */

/** @typedef {{ client: string, side: Side, size: number } & Record<`${Unit}${'' | '25' | '75'}`, number>} Row */

const WIDTH = 380;
const HEIGHT = 230;

const unitTitles = { ms: 'ms', ns: 'ns per byte' };
const quantitative = /** @type {const} */ ('quantitative');
const nominal = /** @type {const} */ ('nominal');

const sizeAxis = {
  field: 'size',
  type: quantitative,
  scale: { type: /** @type {const} */ ('log'), domain: [900, 2_000_000], nice: false },
  axis: { title: 'bytes of the message', values: [1e3, 1e4, 1e5, 1e6], format: ',', tickSize: 4 },
};

/**
 * Four panels over the size of the message: time and time per byte, there and back.
 *
 * @param {Results} results
 * @returns {TopLevelSpec}
 */
export function sizesChart(results) {
  const rows = rowsOf(results);
  const row = (/** @type {Unit} */ unit, /** @type {boolean} */ titled) => ({
    spacing: columnGap,
    bounds: /** @type {const} */ ('flush'),
    hconcat: sides.map((side) => panel(results, rows, { ...side, unit, titled })),
  });
  return {
    title: {
      text: 'A message and its echo: what each way takes',
      subtitle: [
        `Medians of ${results.settings.messages} messages of each size; the band holds the middle half. Loopback.`,
        ...provenance(results),
      ],
    },
    data: { values: rows },
    vconcat: [row('ms', true), row('ns', false)],
    spacing: 24,
    config,
  };
}

/**
 * @param {Results} results
 * @returns {Row[]}
 */
function rowsOf({ clients }) {
  return clients.flatMap(({ client, bothClocks }) =>
    bothClocks.sizes.flatMap((summary) =>
      sides.map(({ side }) => {
        const { p25, median, p75 } = summary[side];
        const { size } = summary;
        const ms = { ms: median / 1e6, ms25: p25 / 1e6, ms75: p75 / 1e6 };
        return { client, side, size, ...ms, ns: median / size, ns25: p25 / size, ns75: p75 / size };
      }),
    ),
  );
}

/**
 * @param {Results} results
 * @param {Row[]} rows
 * @param {{ side: Side, title: string, unit: Unit, titled: boolean }} what
 */
function panel({ clients }, rows, { side, title, unit, titled }) {
  const scales = clientScales(clients.map(({ client }) => client));
  // Of both sides, so that there and back can be compared.
  const heights = rows.flatMap((row) => [row[`${unit}25`], row[`${unit}75`]]);
  const y = { type: quantitative, ...logAxis(heights, unitTitles[unit]) };
  const color = { field: 'client', type: nominal, scale: scales.color };
  const shape = { field: 'client', type: nominal, scale: scales.shape };
  const middle = { x: sizeAxis, y: { ...y, field: unit }, color };
  const half = { y: { ...y, field: `${unit}25` }, y2: { field: `${unit}75` } };
  return {
    width: WIDTH,
    height: HEIGHT,
    ...(titled
      ? { title: { text: title, fontSize: 13, offset: 8, frame: /** @type {const} */ ('group') } }
      : {}),
    transform: [{ filter: `datum.side === '${side}'` }],
    layer: [
      {
        mark: { type: /** @type {const} */ ('area'), opacity: 0.15 },
        encoding: { x: sizeAxis, ...half, color },
      },
      { mark: { type: /** @type {const} */ ('line'), strokeWidth: 1.8 }, encoding: middle },
      {
        mark: { type: /** @type {const} */ ('point'), filled: true, size: 48, opacity: 1 },
        encoding: { ...middle, shape },
      },
    ],
  };
}
