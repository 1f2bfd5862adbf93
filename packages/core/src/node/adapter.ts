// What an adapter for a framework needs, beside `@postern/core` itself.
export { admit, createRoute, type Route } from './admit.js';
export { attach, type Attachment, type AttachOptions } from './attach.js';
export type { Decision } from './decision.js';
