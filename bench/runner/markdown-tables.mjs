import { kinds } from './kinds/kinds.mjs';
import { figure } from './report.mjs';

/** @import { Results, Row, SubjectResult } from './results.mjs' */

/**
 * The tables of the page, and the workloads in each by the first word of their names.
 *
 * @type {readonly { title: string, words: string[] }[]}
 */
const sections = [
  { title: 'Echo', words: ['echo'] },
  { title: 'Compression', words: ['deflate', 'loop', 'memory'] },
  { title: 'Broadcast, TLS', words: ['broadcast', 'tls'] },
  { title: 'A timer before each reply, against a write for each', words: ['timer'] },
  { title: 'More and more connections', words: ['growth'] },
  { title: 'Opening and closing; idle connections', words: ['handshake', 'idle'] },
  { title: 'Clients', words: ['client'] },
  { title: 'Styles of reading, against `listen`', words: ['style'] },
  { title: 'Through a framework, against the bare server', words: ['adapter'] },
];

/**
 * All results as Markdown.
 *
 * @param {Results} results
 * @returns {string}
 */
export function formatTables({ rows, machine, versions, settings }) {
  const tables = sections.flatMap(({ title, words }) => {
    const chosen = rows.filter(({ workload }) => words.includes(workload.split('-')[0] ?? ''));
    return tablesOf(title, chosen);
  });
  return [describeRun({ machine, versions, settings }, rows), ...tables].join('\n\n');
}

/**
 * @param {Pick<Results, 'machine' | 'versions' | 'settings'>} run
 * @param {readonly Row[]} rows
 */
function describeRun({ machine, versions, settings }, rows) {
  const days = [...new Set(rows.map(({ date }) => date.slice(0, 10)))].toSorted();
  const when = [...new Set([days[0], days.at(-1)])].join(' to ');
  const { cpu, cores, memory, system } = machine;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured ${when} on ${cpu}, ${cores} cores, ${(memory / 2 ** 30).toFixed(0)} GiB, ${system}`,
    `${settings.pinned ? '' : ' (not pinned)'}; rounds: ${settings.rounds}, of ${settings.duration / 1000} s each.`,
    `\nVersions: ${packages.join(', ')}.`,
  ].join('');
}

/**
 * One table, or one for each yardstick: rows with different ones have nobody in common.
 *
 * @param {string} title
 * @param {readonly Row[]} rows
 * @returns {string[]}
 */
function tablesOf(title, rows) {
  if (rows.length === 0) return [];
  const yardsticks = [...new Set(rows.map(({ yardstick }) => yardstick))];
  const tables = yardsticks.map((name) =>
    tableOf(rows.filter(({ yardstick }) => yardstick === name)),
  );
  return [`### ${title}`, ...tables];
}

/** @param {readonly Row[]} rows */
function tableOf(rows) {
  const subjects = [
    ...new Set(rows.flatMap(({ results }) => results.map(({ subject }) => subject))),
  ];
  const lines = rows.map(({ workload, kind, malloc, results }) => [
    `\`${workload}\`${malloc === 'default' ? '' : ` (malloc ${malloc})`}`,
    kinds[kind].cost,
    ...subjects.map((name) => cellOf(results.find(({ subject }) => subject === name))),
  ]);
  return [['', '', ...subjects], ['---', '---', ...subjects.map(() => '--:')], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** @param {SubjectResult | undefined} result */
function cellOf(result) {
  if (!result) return '';
  const { cost, costRatio, replyBytes } = result;
  const ratio = costRatio === null ? '' : ` ×${costRatio.toPrecision(costRatio < 10 ? 2 : 3)}`;
  const bytes = replyBytes === null ? '' : `, ${replyBytes.toFixed(0)} B`;
  return `${figure(cost.median)}${ratio}${bytes}`;
}
