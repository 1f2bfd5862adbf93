import { WebSocket } from 'ws';
import { echoOnAll } from './echo-on-all.mjs';

await echoOnAll((url) => {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', (data, binary) => socket.send(data, { binary }));
  return new Promise((resolve) => socket.on('open', resolve));
});
