// What has no public name and is fuzzed all the same, from the build of core. This is the one file that reaches
// past the public surface: nothing else may, and nothing that is published does.
/* oxlint-disable no-restricted-imports */
export { checkServerResponse } from '../../../packages/core/dist/handshake/client-handshake.js';
export {
  formatExtensions,
  hasToken,
  parseExtensions,
  parseTokenList,
} from '../../../packages/core/dist/handshake/header-grammar.js';
export { parseAuthority } from '../../../packages/core/dist/handshake/authority.js';
export { canonicalOrigin } from '../../../packages/core/dist/handshake/web-origin.js';
export { renderResponse } from '../../../packages/core/dist/handshake/refusal.js';
export { compressionDefaults } from '../../../packages/core/dist/deflate/compression-options.js';
export { acceptDeflate, negotiateDeflate } from '../../../packages/core/dist/deflate/negotiate.js';
export { Inflater } from '../../../packages/core/dist/deflate/inflater.js';
