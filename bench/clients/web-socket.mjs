// The API of browsers, as Node, Bun and Deno have it.
import { echoOnAll } from './echo-on-all.mjs';

await echoOnAll((url) => {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('message', ({ data }) => socket.send(data));
  return new Promise((resolve) => socket.addEventListener('open', resolve));
});
