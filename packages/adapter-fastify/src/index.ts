export * from '@postern/core';
export { postern, type PosternOptions } from './plugin.js';
export { WebSocketHandler, type FastifyGatekeeper } from './web-socket-handler.js';
