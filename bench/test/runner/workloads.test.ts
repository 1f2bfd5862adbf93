import { expect, test } from 'vitest';
import { planRows } from '../../runner/run-rows.mjs';
import { mainWorkloads, oddWorkloads, selectWorkloads } from '../../runner/workloads.mjs';

test('a name chooses all workloads that begin with it, hyphen by hyphen', () => {
  const names = selectWorkloads(mainWorkloads, ['echo-16']).map(({ name }) => name);
  expect(names).toEqual(['echo-16-c1-d1', 'echo-16-c1-d16', 'echo-16-c64-d1', 'echo-16-c64-d16']);
});

test('no two workloads have one name', () => {
  const names = [...mainWorkloads, ...oddWorkloads].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('both settings of malloc are measured from 1 KiB up, where they matter', () => {
  const workloads = selectWorkloads(mainWorkloads, ['echo-16-c1-d1', 'echo-1k-c1-d1']);
  const rows = planRows(workloads, 'both').map(
    ({ workload, malloc }) => `${workload.name} ${malloc}`,
  );
  expect(rows).toEqual(['echo-16-c1-d1 default', 'echo-1k-c1-d1 default', 'echo-1k-c1-d1 fixed']);
});
