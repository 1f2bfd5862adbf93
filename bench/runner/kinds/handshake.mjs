import { cpuDuring, startGenerator, startSubject } from '../measure.mjs';

/** @import { Context, Sample } from '../measure.mjs' */

/** Handshakes of one start, for a measured time of half a second. */
const COUNT = 5000;

/**
 * Handshakes before that, for a warm-up of 0.3 s. A handshake runs through much more code than a message does: V8 is
 * still compiling after 3,000 of them, which costs more than the handshakes themselves.
 */
const WARM_UP = 10_000;

/**
 * CPU time of a server for one opening and one closing handshake.
 *
 * @param {Context} context
 * @returns {Promise<Sample>}
 */
export async function measureHandshake(context) {
  const target = startSubject(context);
  const source = startGenerator(context);
  const count = Math.ceil((COUNT * context.duration) / 500);
  const warmUp = Math.ceil((WARM_UP * context.warmUp) / 300);
  try {
    const { port } = await target.answer();
    await source.ask({ command: 'handshakes', port, count: warmUp });
    return await cpuDuring(target, () => source.ask({ command: 'handshakes', port, count }));
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}
