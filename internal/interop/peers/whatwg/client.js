// One connection for each line of input: its number, URL, subprotocols. One line of output at its end.
// With the argument `undici` it is undici's WebSocket, else Node's own.
import { createInterface } from 'node:readline';
import { argv, stdin } from 'node:process';
import { echo } from './echo.js';

if (argv[2] === 'undici')
  Object.assign(globalThis, { WebSocket: (await import('undici')).WebSocket });

for await (const line of createInterface(stdin)) {
  const [id, url = '', subprotocols = '-'] = line.split(' ');
  void echo({ url, subprotocols: subprotocols === '-' ? [] : subprotocols.split(',') }).then(
    (ending) => console.log(JSON.stringify({ id, ...ending })),
  );
}
