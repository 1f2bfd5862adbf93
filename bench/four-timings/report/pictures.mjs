import { messagesChart } from './messages-chart.mjs';
import { renderSvg } from './render-svg.mjs';
import { sizesChart } from './sizes-chart.mjs';

/** @import { Results } from './results.mjs' */

/** @type {readonly [name: string, draw: (results: Results) => Promise<string>][]} */
export const pictures = [
  ['four-timings', (results) => renderSvg(sizesChart(results))],
  ['messages', (results) => renderSvg(messagesChart(results))],
];
