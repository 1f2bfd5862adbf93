import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../main.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const json = join(folder, 'results.json');

afterAll(() => rmSync(folder, { recursive: true }));

function bench(...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', timeout: 140_000 });
}

const tiny = ['--rounds', '1', '--seconds', '0.05', '--warm-up', '0.05'];

// Says nothing about speed: only that each row is measured, byte by byte, and written down.
test(
  'measures and verifies every row, prints it and writes it as JSON',
  { timeout: 300_000 },
  () => {
    const rows = ['echo-utf8-1k-c64-d16', 'odd-edges', 'odd-fragments'];
    const only = rows.flatMap((row) => ['--only', row]);
    const { status, stdout, stderr } = bench(
      ...only,
      ...tiny,
      '--servers',
      'net',
      '--verify',
      '--json',
      json,
    );

    expect(stderr).toBe('');
    expect(status).toBe(0);
    const results = JSON.parse(readFileSync(json, 'utf8'));
    expect(results.rows.map(({ workload }: { workload: string }) => workload)).toEqual(rows);
    for (const row of results.rows) {
      expect(stdout).toContain(row.workload);
      expect(row.failures).toEqual([]);
      expect(row.results.map(({ subject }: { subject: string }) => subject)).toEqual([
        'ws',
        'net (no WebSocket)',
      ]);
      for (const { samples, cost } of row.results) {
        expect(samples).toHaveLength(1);
        expect(samples[0].messages).toBeGreaterThan(0);
        expect(cost.median).toBeGreaterThanOrEqual(0);
      }
    }
    expect(results.versions).toMatchObject({ node: process.version, ws: '8.23.0' });

    const compared = bench('--only', 'odd-edges', ...tiny, '--servers', 'ws', '--compare', json);
    expect(compared.stdout).toContain(`compared with ${results.date}`);
  },
);

test('measures compression, broadcast and clients', { timeout: 300_000 }, () => {
  const rows = ['deflate-256-c16-d16', 'broadcast-128-c1000-d8', 'client-128-c16-d16'];
  const only = rows.flatMap((row) => ['--only', row]);
  const { stdout, status } = bench(
    ...only,
    ...tiny,
    '--servers',
    'ws',
    '--rivals',
    'none',
    '--verify',
    '--json',
    json,
  );

  expect(stdout).not.toContain('FAILED');
  expect(status).toBe(0);
  const results = JSON.parse(readFileSync(json, 'utf8'));
  for (const row of rows) {
    const found = results.rows.find(({ workload }: { workload: string }) => workload === row);
    expect(found.results[0].samples[0].messages).toBeGreaterThan(0);
  }
});

test('refuses a workload that does not exist and names those that do', () => {
  const { status, stderr } = bench('--only', 'echo-17');
  expect(status).toBe(1);
  expect(stderr).toContain('no workload is called echo-17');
  expect(stderr).toContain('echo-16-c1-d1');
});
