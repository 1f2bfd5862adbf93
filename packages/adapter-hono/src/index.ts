export * from '@postern/core';
export { WebSocketHandler, type HonoGatekeeper } from './web-socket-handler.js';
