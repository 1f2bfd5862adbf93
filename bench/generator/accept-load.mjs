import { createServer } from 'node:net';
import { EchoConnection } from './echo-connection.mjs';
import { EchoScript } from './echo-script.mjs';
import { Load, newPhase } from './load.mjs';
import { switching } from './opening-handshake.mjs';

/** @import { AddressInfo, Socket } from 'node:net' */
/** @import { Workload } from '../runner/workloads.mjs' */

/**
 * Waits for the workload's connections, which clients open and on which they echo: a server that is faster than any real
 * one, since it only counts bytes and sends what was made before.
 *
 * @param {Workload} workload
 * @returns {Promise<{ port: number, load: Promise<Load> }>} `load` once all are there
 */
export async function acceptLoad(workload) {
  const phase = newPhase();
  const script = new EchoScript(workload, 'server');
  /** @type {EchoConnection[]} */
  const connections = [];
  /** @type {(load: Load) => void} */
  let onComplete = () => {};
  /** @type {Promise<Load>} */
  const load = new Promise((resolve) => (onComplete = resolve));
  const server = createServer({ noDelay: true }, (socket) =>
    accept(socket, () => {
      const offset = (connections.length * 7) % script.cycle;
      const connection = new EchoConnection(socket, { script, offset, phase });
      socket.on('data', (chunk) => connection.receive(chunk, chunk.length));
      connections.push(connection);
      if (connections.length === workload.connections) {
        onComplete(new Load(connections, workload, phase));
      }
    }),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {AddressInfo} */ (server.address());
  return { port, load };
}

/**
 * @param {Socket} socket
 * @param {() => void} onOpen
 */
function accept(socket, onOpen) {
  let request = '';
  const onData = (/** @type {Buffer} */ chunk) => {
    request += chunk.toString('latin1');
    if (!request.endsWith('\r\n\r\n')) return;
    socket.off('data', onData);
    onOpen();
    socket.write(switching(request));
  };
  socket.on('data', onData).on('end', () => {
    throw new Error('the client ended a connection');
  });
}
