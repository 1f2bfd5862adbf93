export * from '@postern/core';
export { WebSocketHandler, type ExpressGatekeeper } from './web-socket-handler.js';
