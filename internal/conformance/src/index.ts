export type { CaseHead, CaseResult, Severity } from './case.js';
export { divergences, skipReasons } from './divergences.js';
export type { RunOptions } from './run-options.js';
export { clientCases, runClientCases, type ClientRunOptions } from './run-client-cases.js';
export { runServerCases, serverCases, type ServerRunOptions } from './run-server-cases.js';
export { startServer, type RunningServer } from './start-server.js';
export { floodCases } from './flood/flood-cases.js';
export { runFloodCases, type FloodResult, type FloodRunOptions } from './flood/run-flood-cases.js';
