import { expect, test } from 'vitest';
import { subjectsOf } from '../../runner/subjects.mjs';
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

test('memory is measured where what is freed is given back', () => {
  const [row] = planRows(selectWorkloads(mainWorkloads, ['memory-deflate-2k']), 'both');
  expect(row?.malloc).toBe('returning');
});

test('every row has its yardstick, and nobody twice', () => {
  for (const workload of [...mainWorkloads, ...oddWorkloads]) {
    const { available, missing } = subjectsOf(workload, { servers: [], rivals: true });
    const names = [...available, ...missing].map(({ name }) => name);
    expect(names).toContain(workload.yardstick ?? 'ws');
    expect(new Set(names).size).toBe(names.length);
  }
});

test('only those asked for are measured, and the yardstick', () => {
  const [style] = selectWorkloads(mainWorkloads, ['style']);
  const { available, missing } = subjectsOf(style, { servers: ['postern b'], rivals: false });
  const names = [...available, ...missing].map(({ name }) => name);
  expect(names).toEqual(['postern listen', 'postern bursts']);
});
