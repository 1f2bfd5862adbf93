// `pnpm soak`: see README.md.
import { parseArgs } from 'node:util';

import { budgets, spend } from './src/budgets.mjs';
import { soak } from './src/soak.mjs';

/**
 * MiB a minute, over the second half of at least half a minute: of what is in use, and of the resident set, which still
 * climbs to its height for minutes when there are thousands of connections.
 */
const STEEPEST_USED = 24;
const STEEPEST = 48;
const LONG_ENOUGH = 30;
/** What a good client may wait, in ms. */
const LONGEST_WAIT = 250;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    connections: { type: 'string', default: '2000' },
    only: { type: 'string', default: 'all' },
  },
});
if (process.platform !== 'linux') {
  console.error('the soak reads /proc: it runs on Linux only');
  process.exit(2);
}
if (values.only !== 'budgets') await soakUp(Number(values.seconds), Number(values.connections));
if (values.only !== 'soak') await checkBudgets();

/**
 * @param {number} seconds
 * @param {number} connections
 */
async function soakUp(seconds, connections) {
  const report = await soak({ seconds, connections });
  const { tally, memory, slope, usedSlope, leaked, left, longestWait, ended } = report;
  const mebibytes = Math.round(tally.bytes / 1_048_576);
  const sizes = memory.map(({ rss }) => rss);
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)].map((value) => value.toFixed(0));
  console.log(`${connections} at a time for ${seconds} s: ${tally.connections} connections,`);
  console.log(`  ${tally.resets} of them reset; ${tally.messages} messages, ${mebibytes} MiB`);
  console.log(`  memory from ${low} to ${high} MiB`);
  judge('every byte is right', tally.errors.length === 0, tally.errors.join('; ') || 'yes');
  judge('the server lives', ended === undefined, ended ?? 'yes');
  judge('file descriptors back to base', leaked === 0, `${leaked} more`);
  judge('connections forgotten', left === 0, `${left} left`);
  const waited = typeof longestWait === 'number' ? longestWait : Number.POSITIVE_INFINITY;
  // Beside a load that fills the machine this is the load's figure: it is told, and only an end without an answer fails.
  const verdict = `${waited.toFixed(0)} ms at most${waited > LONGEST_WAIT ? ', a loaded machine' : ''}`;
  judge('a good client is answered', Number.isFinite(waited), verdict);
  judgeSlope('the resident set', slope, STEEPEST, seconds);
  judgeSlope('memory in use', usedSlope, STEEPEST_USED, seconds);
}

/**
 * @param {string} what
 * @param {number} slope
 * @param {number} steepest
 * @param {number} seconds
 */
function judgeSlope(what, slope, steepest, seconds) {
  const holds = seconds < LONG_ENOUGH || slope <= steepest;
  judge(`${what} grows by at most ${steepest} MiB a minute`, holds, slope.toFixed(1));
}

async function checkBudgets() {
  for (const budget of budgets) {
    const cost = await spend(budget);
    for (const [unit, most] of Object.entries(budget.most)) {
      const figure = cost[unit] ?? Number.POSITIVE_INFINITY;
      judge(
        `${budget.name}: at most ${most} ${unit}`,
        figure <= most,
        `${figure.toFixed(1)} ${unit}`,
      );
    }
  }
}

/**
 * @param {string} what
 * @param {boolean} holds
 * @param {string} figure
 */
function judge(what, holds, figure) {
  console.log(`${holds ? '✓' : '✗'} ${what}: ${figure}`);
  if (!holds) process.exitCode = 1;
}
