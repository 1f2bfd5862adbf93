import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * The port asked for, or the next one that is free; 8080 when none is asked for. 0 leaves the choice to the system.
 *
 * @param {string | undefined} wanted as the environment has it
 */
export async function freePort(wanted) {
  let port = Number(wanted || 8080);
  while (!(await isFree(port))) {
    console.log(`Port ${port} is taken.`);
    port += 1;
  }
  return port;
}

/** @param {number} port */
async function isFree(port) {
  const probe = createServer();
  try {
    await once(probe.listen(port), 'listening');
    await new Promise((resolve) => probe.close(resolve));
    return true;
  } catch (error) {
    if (error.code === 'EADDRINUSE') return false;
    throw error;
  }
}
