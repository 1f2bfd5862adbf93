import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { LineProcess } from '../../runner/line-process.mjs';

const program = fileURLToPath(new URL('../../generator/main.mjs', import.meta.url));
const workload = { name: 'test', payload: 'binary', sizes: [100], connections: 3, depth: 4 };
const run = { command: 'run', milliseconds: 20, drainTimeout: 50 };

let server: Server;
let generator: LineProcess;

/** A load generator with its connections open to a server that treats every chunk as `onChunk` does. */
async function open(onChunk: (socket: Socket, chunk: Buffer) => void) {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => onChunk(socket, chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  generator = new LineProcess('the load generator', [process.execPath, program]);
  await generator.ask({ command: 'open', port, raw: true, workload });
}

afterEach(async () => {
  await generator.end();
  server.close();
});

test('counts the replies of an honest echo', async () => {
  await open((socket, chunk) => socket.write(chunk));
  const { messages, seconds, load } = await generator.ask({ ...run, verify: true });
  expect(messages).toBeGreaterThanOrEqual(workload.connections * workload.depth);
  expect(seconds).toBeGreaterThan(0);
  expect(load).toBeGreaterThan(0);
});

test('fails when one byte of a reply is wrong', async () => {
  await open((socket, chunk) => {
    chunk[chunk.length - 1] ^= 1;
    socket.write(chunk);
  });
  await expect(generator.ask({ ...run, verify: true })).rejects.toThrow('a reply differs');
});

test('fails when the replies of two connections are exchanged', async () => {
  const waiting: [Socket, Buffer][] = [];
  await open((socket, chunk) => {
    const other = waiting.pop();
    if (!other) return void waiting.push([socket, chunk]);
    other[0].write(chunk);
    socket.write(other[1]);
  });
  await expect(generator.ask({ ...run, verify: true })).rejects.toThrow('a reply differs');
});

test('fails when more comes back than was sent', async () => {
  await open((socket, chunk) => socket.write(Buffer.concat([chunk, chunk])));
  await expect(generator.ask({ ...run, verify: false })).rejects.toThrow('more bytes came back');
});

test('fails when nothing comes back', async () => {
  await open(() => {});
  await expect(generator.ask({ ...run, verify: false })).rejects.toThrow('12 replies did not come');
});

test('fails when the server ends a connection', async () => {
  await open((socket) => socket.end());
  await expect(generator.ask({ ...run, verify: false })).rejects.toThrow('ended a connection');
});
