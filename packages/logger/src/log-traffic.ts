import { isServed, servedConnections, type Served } from './served-connections.js';
import { Traffic } from './traffic.js';
import { resolveTrafficOptions, type TrafficOptions } from './traffic-options.js';

/** Ends a log of traffic; `using` does so at the end of the scope. */
export type TrafficLog = (() => void) & Disposable;

/**
 * Logs what connections do: handshakes, pings, errors and closes; with the level `'debug'` also messages and why a guarded
 * read or write failed, with `'trace'` the headers of requests. Each line begins with the number of its connection.
 *
 * With a server only its own connections are logged, else those of the whole process, clients included. What is
 * returned ends it, and closes the files that were opened here; after that it costs nothing.
 * @throws {TypeError | RangeError} when an option is not what it should be, or `server` is not attached.
 * @throws the system's error when a file cannot be opened.
 */
export function logTraffic(options?: TrafficOptions): TrafficLog;
export function logTraffic(server: Served | undefined, options?: TrafficOptions): TrafficLog;
export function logTraffic(
  serverOrOptions?: Served | TrafficOptions,
  options?: TrafficOptions,
): TrafficLog {
  const served = serverOrOptions && isServed(serverOrOptions) ? serverOrOptions : undefined;
  const given = serverOrOptions === served ? options : (serverOrOptions as TrafficOptions);
  const ours = served && servedConnections(served);
  const traffic = new Traffic(resolveTrafficOptions(given ?? {}), ours);
  traffic.start();
  let isOn = true;
  const stop = (): void => {
    if (isOn) traffic.stop();
    isOn = false;
  };
  return Object.assign(stop, { [Symbol.dispose]: stop });
}
