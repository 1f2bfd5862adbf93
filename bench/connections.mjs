/**
 * `pnpm bench:connections`: what an opening and closing handshake costs a server, through each framework beside that
 * framework's own rival, and what an idle connection weighs. Rivals take turns in each round; medians over the rounds.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LineProcess } from './runner/line-process.mjs';
import { cores, findPinning } from './runner/pinning.mjs';
import { spreadOf } from './runner/statistics.mjs';

/** Ours first, then whom it is measured against. */
const RIVALS = [
  ['postern', 'ws'],
  ['postern-express', 'express-ws'],
  ['postern-fastify', 'fastify-websocket'],
  ['postern-koa', 'koa-websocket'],
  ['postern-hono', 'hono-ws'],
];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    handshakes: { type: 'string', default: '3000' },
    idle: { type: 'string', default: '10000' },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const handshakes = Number(values.handshakes);
const idle = Number(values.idle);
const { pinned, pin } = findPinning();
if (!pinned) console.log('NOT PINNED: no taskset, or a single core. Figures will wander.');

/** @type {Record<string, { cpu: number[], rss: number[] }>} */
const samples = {};
const pairs = RIVALS.filter(
  ([ours]) => values.only.length === 0 || values.only.includes(ours ?? ''),
);
for (let round = 0; round < rounds; round += 1) {
  for (const pair of pairs) {
    for (const name of round % 2 === 0 ? pair : pair.toReversed()) await sample(name);
  }
}
report();

/** @param {string} name */
async function sample(name) {
  const program = fileURLToPath(new URL(`servers/connections/${name}.mjs`, import.meta.url));
  const generator = fileURLToPath(new URL('generator/connections.mjs', import.meta.url));
  const env = { WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1', NODE_ENV: 'production' };
  const command = [process.execPath, '--expose-gc', program];
  const server = new LineProcess(name, pin(cores.server, command), env);
  const load = new LineProcess('the load', pin(cores.generator, [process.execPath, generator]));
  try {
    const { port } = await server.answer();
    await load.ask({ command: 'handshakes', port, count: Math.ceil(handshakes / 3) });
    const before = await server.ask({ usage: true });
    await load.ask({ command: 'handshakes', port, count: handshakes });
    const after = await server.ask({ usage: true });
    const cpu = (seconds(after) - seconds(before)) / handshakes;
    const empty = await server.ask({ usage: true, collect: true });
    if (idle > 0) await load.ask({ command: 'hold', port, count: idle });
    const full = await server.ask({ usage: true, collect: true });
    const into = (samples[name] ??= { cpu: [], rss: [] });
    into.cpu.push(cpu * 1e6);
    into.rss.push((full.memory.rss - empty.memory.rss) / Math.max(1, idle));
  } finally {
    await Promise.all([load.end(), server.end()]);
  }
}

/** @param {{ cpu: NodeJS.CpuUsage }} usage */
function seconds({ cpu }) {
  return (cpu.user + cpu.system) / 1e6;
}

function report() {
  console.log(
    `CPU of the server for one opening and closing handshake; RSS of one of ${idle} idle connections`,
  );
  console.log(`medians of ${rounds} rounds of ${handshakes} handshakes, min-max in brackets\n`);
  for (const pair of pairs) {
    const [ours, theirs] = pair.map((name) => samples[name]);
    for (const name of pair) console.log(line(name));
    if (!ours || !theirs) continue;
    const cpu = spreadOf(ours.cpu).median / spreadOf(theirs.cpu).median;
    const rss = spreadOf(ours.rss).median / spreadOf(theirs.rss).median;
    console.log(
      `  ${pair[0]} takes ${cpu.toFixed(2)} of the CPU and ${rss.toFixed(2)} of the memory\n`,
    );
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(samples, undefined, 2)}\n`);
}

/** @param {string} name */
function line(name) {
  const { cpu, rss } = samples[name] ?? { cpu: [0], rss: [0] };
  const [c, r] = [spreadOf(cpu), spreadOf(rss)];
  const micros = `${c.median.toFixed(0)} µs (${c.min.toFixed(0)}-${c.max.toFixed(0)})`;
  return `  ${name.padEnd(20)} ${micros.padEnd(24)} ${r.median.toFixed(0)} bytes (${r.min.toFixed(0)}-${r.max.toFixed(0)})`;
}
