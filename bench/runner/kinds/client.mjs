import { cpuDuring, startGenerator, startSubject } from '../measure.mjs';

/** @import { Context, Sample } from '../measure.mjs' */
/** @import { LineProcess } from '../line-process.mjs' */

/**
 * CPU time of a client for one message: the generator is the server, and the client echoes.
 *
 * @param {Context} context
 * @returns {Promise<Sample>}
 */
export async function measureClient(context) {
  const { workload, warmUp, duration, verify } = context;
  const source = startGenerator(context);
  /** @type {LineProcess | undefined} */
  let target;
  try {
    const { port } = await source.ask({ command: 'listen', workload });
    const options = ['--port', `${port}`, '--connections', `${workload.connections}`];
    target = startSubject(context, options);
    await target.answer();
    await source.ask({ command: 'run', milliseconds: warmUp, verify: true });
    return await cpuDuring(target, () =>
      source.ask({ command: 'run', milliseconds: duration, verify }),
    );
  } finally {
    await Promise.all([source.end(), target?.end()]);
  }
}
