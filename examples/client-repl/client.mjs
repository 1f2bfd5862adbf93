import { HandshakeError, open } from '@postern/core';
import { startEchoServer } from './echo-server.mjs';
import { readArguments } from './read-arguments.mjs';
import { Terminal } from './terminal.mjs';

const { url, options } = readArguments();
const server = url === undefined ? await startEchoServer(0) : undefined;
if (server) console.log(`No URL was given, so here is an echo server: ${server.url}`);

// One signal for all of it: it gives up the handshake, and closes an open connection with 1001.
const leaving = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => leaving.abort());

const ws = await connect(url ?? server.url);
if (ws) await converse(ws);
await server?.close();

async function connect(address) {
  try {
    return await open(address, { ...options, signal: leaving.signal });
  } catch (error) {
    console.error(leaving.signal.aborted ? 'Gave up.' : explain(error));
    process.exitCode = 1;
  }
}

/**
 * What is typed goes out, what comes in is shown, until either side has had enough.
 *
 * @param {import('@postern/core').WebSocket} ws
 */
async function converse(ws) {
  const terminal = new Terminal();
  terminal.on('line', (line) => void ws.writeGuarded(line));
  terminal.on('interrupt', () => leaving.abort());
  terminal.on('end', () => void closeAfterAnswers(ws));
  terminal.show(`Connected${ws.subprotocol && `, the subprotocol is “${ws.subprotocol}”`}.`);
  terminal.show('Type a line. Ctrl+D closes with 1000, Ctrl+C with 1001.');

  void ws.listen((message) => terminal.show(`← ${inWords(message)}`));
  const { code, reason, initiator, wasClean } = await ws.closed;

  const whom = { local: 'us', peer: 'the server', network: 'the network' }[initiator];
  terminal.end(`Closed with ${code}${reason && `, “${reason}”`}, by ${whom}.`);
  if (!wasClean) process.exitCode = 1;
}

/**
 * A pong comes after what the server had to say to our last line, if it answers at once. So a file can be the input.
 *
 * @param {import('@postern/core').WebSocket} ws
 */
async function closeAfterAnswers(ws) {
  await ws.ping().catch(() => {}); // It has left meanwhile.
  await ws.close();
}

/** @param {string | Buffer} message */
function inWords(message) {
  return typeof message === 'string'
    ? message
    : `${message.length} bytes: ${message.toString('hex')}`;
}

/** Why there is no connection. */
function explain(error) {
  if (!(error instanceof HandshakeError)) return error.message;
  const { status, body, message } = error;
  return status === undefined ? message : `Refused with ${status}. ${body}`.trim();
}
