// Two workers that run the program named on the command line. Told to end, it tells them; a worker whose servers are
// closed goes when the primary lets go of it.
import cluster from 'node:cluster';

const [, , program] = process.argv;
cluster.setupPrimary({ exec: program, args: [] });
cluster.fork();
cluster.fork();
process.once('SIGTERM', () => {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  cluster.disconnect();
});
