import { startGenerator, startSubject } from '../measure.mjs';

/** @import { Context, Sample, Usage } from '../measure.mjs' */
/** @import { LineProcess } from '../line-process.mjs' */

/** Connections that are there before anything is counted. */
const FIRST = 20;

/**
 * What an idle connection adds to the memory of a server, after garbage collections.
 *
 * @param {Context} context
 * @returns {Promise<Sample>}
 */
export function measureIdle(context) {
  return growth(context, (source, port, count) => source.ask({ command: 'hold', port, count }));
}

/**
 * The same of a connection on which one compressed message went each way.
 *
 * @param {Context} context
 * @returns {Promise<Sample>}
 */
export function measureMemory(context) {
  return growth(context, (source, port, connections) =>
    source.ask({
      command: 'open',
      port,
      raw: false,
      workload: { ...context.workload, connections },
    }),
  );
}

/**
 * @param {Context} context
 * @param {(source: LineProcess, port: number, count: number) => Promise<unknown>} open
 * @returns {Promise<Sample>}
 */
async function growth(context, open) {
  const { connections } = context.workload;
  const target = startSubject(context);
  const source = startGenerator(context);
  try {
    const { port } = await target.answer();
    await open(source, port, FIRST);
    const before = await collected(target);
    await open(source, port, connections);
    const { rss } = await collected(target);
    return { ...nothingElse, cost: (rss - before.rss) / connections, messages: connections, rss };
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}

const nothingElse = { perSecond: 0, subjectLoad: 0, generatorLoad: 0, foreignLoad: 0 };

/** @param {LineProcess} target */
async function collected(target) {
  // What one collection lets go of, only the next one frees.
  for (let count = 0; count < 3; count++) await target.ask({ collect: true });
  /** @type {Usage} */
  const { memory } = await target.ask({ collect: true });
  return memory;
}
