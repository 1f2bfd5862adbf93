import { startGenerator, startSubject } from '../measure.mjs';

/** @import { Context, Sample, Usage } from '../measure.mjs' */

/**
 * The longest that one message kept the event loop, in microseconds: one connection with one message in flight, and a
 * server that times every turn of its loop. It has no core of its own, or its threads would be taken for its loop.
 *
 * @param {Context} context
 * @returns {Promise<Sample>}
 */
export async function measureLoop(context) {
  const { workload, warmUp, duration, verify } = context;
  const target = startSubject(context, [], { alone: true });
  const source = startGenerator(context);
  try {
    const { port } = await target.answer();
    await source.ask({ command: 'open', port, raw: false, workload });
    await source.ask({ command: 'run', milliseconds: warmUp, verify: true });
    await target.ask({ usage: true });
    const { messages, seconds, load } = await source.ask({
      command: 'run',
      milliseconds: duration,
      verify,
    });
    /** @type {Usage} */
    const { loop = [], memory } = await target.ask({ usage: true });
    return {
      cost: 1000 * longest(loop, messages),
      perSecond: messages / seconds,
      messages,
      subjectLoad: 0,
      generatorLoad: load,
      foreignLoad: 0,
      rss: memory.rss,
    };
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}

/**
 * All but the one in a hundred that another program or a garbage collection may have made long.
 *
 * @param {readonly number[]} turns the longest first
 * @param {number} messages
 */
function longest(turns, messages) {
  return turns[Math.floor(messages / 100)] ?? 0;
}
