import { cpuDuring, startGenerator, startSubject } from '../measure.mjs';

/** @import { Context, Sample } from '../measure.mjs' */

/** Handshakes of one start, for a measured time of half a second. */
const COUNT = 3000;

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
  try {
    const { port } = await target.answer();
    await source.ask({ command: 'handshakes', port, count: Math.ceil(count / 3) });
    return await cpuDuring(target, () => source.ask({ command: 'handshakes', port, count }));
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}
