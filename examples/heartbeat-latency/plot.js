// Runs in the page. An SVG of its own size, so that a letter has the same height on every screen.
import { SPAN, inWords } from './samples.js';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const DECADES = [0.1, 1, 10, 100, 1000];
const MARGIN = { top: 12, right: 12, bottom: 30, left: 64 };

/** Lines over the last minute. Times are on a scale of powers of ten: 100 µs and 100 ms are both to be seen. */
export class Plot {
  #svg;
  #grid = element('g', { class: 'grid' });
  #lines;
  #width = 0;
  #height = 0;

  /**
   * @param {SVGElement} svg
   * @param {Record<string, import('./samples.js').Samples>} lines by the class of each
   */
  constructor(svg, lines) {
    this.#svg = svg;
    this.#lines = Object.entries(lines).map(([name, samples]) => ({
      samples,
      path: element('path', { class: `line ${name}` }),
      end: element('circle', { class: `end ${name}`, r: 4.5 }),
    }));
    svg.append(this.#grid, ...this.#lines.flatMap(({ path, end }) => [path, end]));
    new ResizeObserver(() => this.#resize()).observe(svg);
  }

  draw(now = performance.now()) {
    for (const { samples, path, end } of this.#lines) {
      const points = samples.all.map(({ time, value }) => [this.#x(now - time), this.#y(value)]);
      path.setAttribute('d', pathThrough(points));
      const [x, y] = points.at(-1) ?? [0, Number.NaN];
      end.toggleAttribute('hidden', Number.isNaN(y));
      if (!Number.isNaN(y)) end.setAttribute('transform', `translate(${x} ${y})`);
    }
  }

  #resize() {
    const { width, height } = this.#svg.getBoundingClientRect();
    this.#width = width;
    this.#height = height;
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#grid.replaceChildren(...this.#levels(), ...this.#ages());
    this.draw();
  }

  #levels() {
    return DECADES.flatMap((value) => {
      const y = this.#y(value);
      const line = { x1: MARGIN.left, x2: this.#width - MARGIN.right, y1: y, y2: y };
      return [
        element('line', line),
        element('text', { x: MARGIN.left - 10, y, class: 'level' }, inWords(value)),
      ];
    });
  }

  #ages() {
    return [60, 45, 30, 15, 0].map((seconds) => {
      const place = { x: this.#x(seconds * 1000), y: this.#height - 6 };
      const anchor = { 60: 'first', 0: 'last' }[seconds] ?? '';
      return element('text', { ...place, class: anchor }, seconds ? `−${seconds} s` : 'now');
    });
  }

  #x(age) {
    return this.#width - MARGIN.right - (age / SPAN) * (this.#width - MARGIN.left - MARGIN.right);
  }

  /** What is beyond the scale lies on its edge. */
  #y(value) {
    const [low, high] = [DECADES[0], DECADES.at(-1)];
    const share = Math.log(Math.min(Math.max(value, low), high) / low) / Math.log(high / low);
    return this.#height - MARGIN.bottom - share * (this.#height - MARGIN.top - MARGIN.bottom);
  }
}

/** A gap is where a point has no height. */
function pathThrough(points) {
  const steps = points.map(([x, y], index) => {
    if (Number.isNaN(y)) return '';
    const [, before = Number.NaN] = points[index - 1] ?? [];
    return `${Number.isNaN(before) ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return steps.join('');
}

function element(name, attributes, text = '') {
  const node = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.textContent = text;
  return node;
}
