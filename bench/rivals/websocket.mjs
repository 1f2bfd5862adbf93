import { createServer } from 'node:http';
import { server as WebSocketServer } from 'websocket';
import { announce } from '../servers/control.mjs';

const MiB = 1024 * 1024;
const http = createServer();
const server = new WebSocketServer({
  httpServer: http,
  autoAcceptConnections: true,
  // Otherwise messages above 16 KiB leave as several frames, and frames above 64 KiB are refused.
  fragmentOutgoingMessages: false,
  maxReceivedFrameSize: 16 * MiB,
  maxReceivedMessageSize: 16 * MiB,
});

server.on('connect', (connection) => {
  connection.on('message', (message) => {
    if (message.type === 'utf8') connection.sendUTF(message.utf8Data);
    else connection.sendBytes(message.binaryData);
  });
});
http.listen(0, '127.0.0.1', () => announce(http.address()));
