export * from '@postern/core';
export { attach } from './attach.js';
export { WebSocketHandler, type HonoGatekeeper } from './web-socket-handler.js';
