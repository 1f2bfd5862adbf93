import { expect, test } from 'vitest';
import { renderSvg } from '../../../four-timings/report/render-svg.mjs';
import { colours, config } from '../../../four-timings/report/theme.mjs';

test('every light colour of a picture has its dark one, and no other colour is drawn', async () => {
  const svg = await renderSvg({
    title: { text: 'a', subtitle: 'b' },
    data: { values: [{ x: 1, y: 2, who: 'Node' }] },
    mark: { type: 'point', filled: true },
    encoding: {
      x: { field: 'x', type: 'quantitative' },
      y: { field: 'y', type: 'quantitative' },
      color: { field: 'who', type: 'nominal', scale: { range: [colours.node.light] } },
    },
    config,
  });
  const known = Object.values(colours).map(({ light }) => light as string);
  const drawn = [...svg.matchAll(/(?:fill|stroke)="(#[^"]+)"/g)].map(([, colour]) => colour);
  expect(drawn.length).toBeGreaterThan(0);
  expect(drawn.filter((colour) => !known.includes(colour ?? ''))).toEqual([]);
});

test('what is written stays as it is, whatever it looks like', async () => {
  const svg = await renderSvg({
    title: 'Chromium 156.0.8078.79, 0.12345',
    data: { values: [{ x: 1 }] },
    mark: 'point',
    config,
  });
  expect(svg).toContain('>Chromium 156.0.8078.79, 0.12345<');
});

test('no two things share a light colour, else the dark page could not tell them apart', () => {
  const light = Object.values(colours).map((pair) => pair.light);
  expect(new Set(light).size).toBe(light.length);
});
