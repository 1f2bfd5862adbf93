/** @import { Config } from 'vega-lite' */
/** @import { ClientName } from '../options.mjs' */

/**
 * Colours of the pictures, on a light page and on a dark one. Every light colour stands for one thing only, so that a
 * style sheet can exchange it.
 */
export const colours = /** @type {const} */ ({
  paper: { light: '#ffffff', dark: '#0d1117' },
  ink: { light: '#1f2328', dark: '#e6edf3' },
  faintInk: { light: '#59636e', dark: '#9198a1' },
  axis: { light: '#8c959f', dark: '#656c76' },
  grid: { light: '#e4e8ec', dark: '#262c36' },
  node: { light: '#1a7f37', dark: '#3fb950' },
  chromium: { light: '#0969da', dark: '#58a6ff' },
  firefox: { light: '#c2410c', dark: '#f0883e' },
});

export const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';

/** @type {Record<ClientName, { colour: string, shape: string }>} */
export const looks = {
  Node: { colour: colours.node.light, shape: 'circle' },
  Chromium: { colour: colours.chromium.light, shape: 'square' },
  Firefox: { colour: colours.firefox.light, shape: 'triangle-up' },
};

/** @typedef {'server' | 'client'} Side */

/** @type {readonly { side: Side, title: string }[]} */
export const sides = [
  { side: 'server', title: "The server's share: from the server to the client" },
  { side: 'client', title: "The client's share: back to the server" },
];

/** Between two panels, with room for the labels of the second. */
export const columnGap = 76;

/**
 * The scales that give each client its colour and shape.
 *
 * @param {readonly ClientName[]} names
 */
export function clientScales(names) {
  return {
    color: { domain: [...names], range: names.map((name) => looks[name].colour) },
    shape: { domain: [...names], range: names.map((name) => looks[name].shape) },
  };
}

/**
 * What every picture is drawn with.
 *
 * @type {Config}
 */
export const config = {
  aria: false,
  background: colours.paper.light,
  font: FONT,
  padding: 16,
  view: { stroke: null },
  title: {
    color: colours.ink.light,
    subtitleColor: colours.faintInk.light,
    fontSize: 17,
    fontWeight: 600,
    subtitleFontSize: 12,
    subtitlePadding: 6,
    anchor: 'start',
    offset: 14,
  },
  axis: {
    labelColor: colours.faintInk.light,
    titleColor: colours.ink.light,
    gridColor: colours.grid.light,
    domainColor: colours.axis.light,
    tickColor: colours.axis.light,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 500,
    titlePadding: 8,
  },
  legend: {
    labelColor: colours.ink.light,
    labelFontSize: 13,
    symbolSize: 90,
    symbolOpacity: 1,
    orient: 'top',
    direction: 'horizontal',
    title: null,
    columnPadding: 24,
    offset: 4,
  },
};
