import { YARDSTICK } from './subjects.mjs';

/** @import { Results, Row, SubjectResult } from './results.mjs' */

const LEFT = 230;
const WIDTH = 560;
const RIGHT = 30;
const TOP = 96;
const ROW = 22;
const LEAST = 0.25;
const MOST = 32;

/** Ours stand out; whoever is not named here is grey. */
const colors = new Map([
  ['postern listen', '#c2410c'],
  ['postern', '#c2410c'],
  ['postern for await', '#f59e0b'],
  ['ws + add-ons', '#1d4ed8'],
  ['Bun', '#7e22ce'],
  ['Deno', '#0f766e'],
  ['net (no WebSocket)', '#64748b'],
]);
const OTHERS = '#a8a29e';

/**
 * How many times better than `ws` each one is in each row, as a picture (SVG): one line a row, one dot for each, on a
 * scale where every step to the right is twice as good.
 *
 * @param {Results} results
 * @returns {string}
 */
export function drawChart({ rows, date, machine, versions }) {
  const drawn = rows.filter(({ yardstick, kind }) => yardstick === YARDSTICK && kind !== 'loop');
  const height = TOP + drawn.length * ROW + 24;
  const title = `How many times less each takes than ws ${versions['ws'] ?? ''}`;
  const about = `CPU time, or memory where the row says so. ${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, Node ${versions['node'] ?? ''}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + RIGHT}" height="${height}" font-family="sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    text(12, 24, title, 'font-size="16" font-weight="bold"'),
    text(12, 44, about, 'fill="#57534e"'),
    ...legend(),
    ...grid(height - 20),
    ...drawn.flatMap((row, index) => lineOf(row, TOP + (index + 0.5) * ROW)),
    '</svg>\n',
  ].join('\n');
}

function legend() {
  const entries = [...colors].filter(([name]) => name !== 'postern');
  let x = 18;
  return [...entries, ['others', OTHERS]].flatMap(([name = '', color = '']) => {
    const entry = [dot(x, 64, color, name), text(x + 9, 68, name)];
    x += 36 + name.length * 6;
    return entry;
  });
}

/** @param {number} bottom */
function grid(bottom) {
  const steps = Math.log2(MOST / LEAST);
  return Array.from({ length: steps + 1 }, (_, step) => {
    const value = LEAST * 2 ** step;
    const x = xOf(value);
    const stroke = value === 1 ? '#57534e' : '#e7e5e4';
    return [
      `<line x1="${x}" y1="${TOP - 6}" x2="${x}" y2="${bottom}" stroke="${stroke}"/>`,
      text(x, TOP - 10, `×${value}`, 'text-anchor="middle" fill="#57534e"'),
    ].join('');
  });
}

/**
 * @param {Row} row
 * @param {number} y
 */
function lineOf({ workload, results }, y) {
  // Ours last, and so on top.
  const ordered = results.toSorted((a, b) => rank(a) - rank(b));
  return [
    text(12, y + 4, workload),
    ...ordered.flatMap(({ subject, costRatio }) =>
      costRatio === null || subject === YARDSTICK
        ? []
        : [
            dot(
              xOf(costRatio),
              y,
              colors.get(subject) ?? OTHERS,
              `${subject} ×${costRatio.toFixed(2)}`,
            ),
          ],
    ),
  ];
}

/** @param {SubjectResult} result */
function rank({ subject }) {
  return subject.startsWith('postern') ? 1 : 0;
}

/** @param {number} ratio */
function xOf(ratio) {
  const share = Math.log2(ratio / LEAST) / Math.log2(MOST / LEAST);
  return Math.round(LEFT + WIDTH * Math.min(1, Math.max(0, share)));
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} color
 * @param {string} title
 */
function dot(x, y, color, title) {
  return `<circle cx="${x}" cy="${y}" r="5" fill="${color}" fill-opacity="0.85"><title>${escaped(title)}</title></circle>`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {string} [attributes]
 */
function text(x, y, content, attributes = '') {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;
}

/** @param {string} content */
function escaped(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
