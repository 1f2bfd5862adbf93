export * from '@postern/core';
export { WebSocketHandler, type KoaGatekeeper } from './web-socket-handler.js';
