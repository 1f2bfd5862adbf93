import { cpuDuring, startGenerator, startSubject } from '../measure.mjs';

/** @import { Context, Sample } from '../measure.mjs' */

/**
 * CPU time of a server for one message, or for one delivery of a broadcast.
 *
 * @param {Context} context
 * @returns {Promise<Sample>}
 */
export async function measureEcho(context) {
  const { subject, workload, warmUp, duration, verify } = context;
  const target = startSubject(context);
  const source = startGenerator(context);
  try {
    const { port } = await target.answer();
    await source.ask({ command: 'open', port, raw: subject.raw ?? false, workload });
    await source.ask({ command: 'run', milliseconds: warmUp, verify: true });
    const sample = await cpuDuring(target, () =>
      source.ask({ command: 'run', milliseconds: duration, verify }),
    );
    await source.ask({ command: 'close' });
    return sample;
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}
