import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browserAvailable } from '@postern/browser';
import { afterAll, expect, test } from 'vitest';
import { SWEEP } from '../../four-timings/model/sizes.mjs';

const program = fileURLToPath(new URL('../../four-timings/main.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'four-timings-'));

afterAll(() => rmSync(folder, { recursive: true }));

function bench(...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', timeout: 110_000 });
}

// Says nothing about speed: only that the Node client is measured at every size, and that it is written and drawn.
test(
  'measures the Node client, prints plots, and writes JSON and pictures',
  { timeout: 120_000 },
  () => {
    const { status, stdout, stderr } = bench('--only', 'node', '--messages', '3', '--out', folder);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain("The client's share, ns per byte, over the bytes of a message");

    const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
    expect(results.versions.Node).toBe(process.version);
    const [node] = results.clients;
    expect(node.client).toBe('Node');
    expect(node.single.server).toHaveLength(3);
    for (const { sizes, server, client } of [node.bothClocks, node.serverClock]) {
      expect(sizes.map(({ size }: { size: number }) => size)).toEqual(SWEEP);
      expect(server.nanosPerByte + client.nanosPerByte).toBeGreaterThan(0);
    }
    // Nothing arrives before it is sent, on the clock that both processes share.
    for (const { server, client } of node.bothClocks.sizes) {
      expect(Math.min(server.p25, client.p25)).toBeGreaterThan(0);
    }
    expect(node.clock.shared).toBe(true);
    expect(Math.abs(node.clock.offset)).toBeLessThanOrEqual(node.clock.uncertainty);

    for (const picture of ['four-timings.svg', 'messages.svg']) {
      const svg = readFileSync(join(folder, picture), 'utf8');
      expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
      expect(svg).toContain('prefers-color-scheme:dark');
      expect(svg).not.toMatch(/NaN|undefined/);
    }

    expect(readFileSync(join(folder, 'results.txt'), 'utf8')).toBe(stdout);
    const again = bench('--from', join(folder, 'results.json'));
    expect(again.stdout).toBe(stdout);
  },
);

test.skipIf(!browserAvailable('chromium'))(
  'measures Chromium, whose clock it finds',
  { timeout: 120_000 },
  () => {
    const { status, stdout, stderr } = bench('--only', 'chromium', '--messages', '2');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/The clock of Chromium is known to ± \d+\.\d{3} ms/);
    expect(stdout).toContain('Chromium, 2 messages of 130,560 bytes');
  },
);

test('says what is wrong with an option', () => {
  const { status, stderr } = bench('--only', 'lynx');
  expect(status).toBe(1);
  expect(stderr).toContain('expected one of node, chromium, firefox');
});
