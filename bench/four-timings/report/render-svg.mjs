import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import { colours } from './theme.mjs';

/** @import { TopLevelSpec } from 'vega-lite' */

/**
 * Draws a chart that is light by itself and dark where the page says it is dark. It brings its own paper, so that it can
 * be read where the two disagree.
 *
 * @param {TopLevelSpec} chart
 * @returns {Promise<string>}
 */
export async function renderSvg(chart) {
  const view = new View(parse(compile(chart).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return `${shorten(svg).replace(/>/, `>${darkStyle()}`)}\n`;
}

/**
 * A hundredth of a pixel is enough for a path; what is written in the picture stays as it is.
 *
 * @param {string} svg
 */
function shorten(svg) {
  return svg.replace(/ (?:d|transform)="[^"]*"/g, (attribute) =>
    attribute.replace(/\d+\.\d{3,}/g, (coordinate) =>
      String(Number(Number(coordinate).toFixed(2))),
    ),
  );
}

function darkStyle() {
  const rules = Object.values(colours).map(
    ({ light, dark }) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`,
  );
  return `<style>@media (prefers-color-scheme:dark){${rules.join('')}}</style>`;
}
