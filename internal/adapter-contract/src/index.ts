export type { AdapterUnderTest, BuildOptions, BuiltApp, Place } from './adapter-under-test.js';
export type {
  AppDescription,
  Layer,
  Mount,
  PlainRoute,
  Route,
  WebSocketRoute,
} from './app-description.js';
export { builtApp, createNodeServer } from './built-app.js';
export { deferred, type Deferred } from './deferred.js';
export { describeAdapter } from './describe-adapter.js';
export { describeProgram } from './groups/programs.js';
export type { Exchange } from './exchange.js';
export { echo } from './gatekeepers.js';
export { openApp, type Station } from './station.js';
export { buildOptions } from './transport.js';
export type { RawClient, Reply, ResponseHead } from './wire/raw-client.js';
