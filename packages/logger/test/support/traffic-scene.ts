import {
  open,
  serve,
  type Gatekeeper,
  type OpenOptions,
  type ServeOptions,
  type WebSocket,
  type WebSocketServer,
} from '@postern/core';
import { onTestFinished } from 'vitest';

import { logTraffic } from '../../src/log-traffic.js';
import type { TrafficOptions } from '../../src/traffic-options.js';
import { pretty, type Capture } from './capture.js';

/** A server whose traffic is logged into memory; numbers of connections count from 1. */
export interface Scene {
  readonly server: WebSocketServer;
  readonly capture: Capture;
  /** Lines so far, their connections numbered from 1 in order of appearance. */
  readonly lines: string[];
  readonly stop: () => void;
}

export const echo: Gatekeeper = (_, ws) => ws.listen((message) => ws.write(message));

export async function scene(
  websocket: Gatekeeper<undefined>,
  traffic: TrafficOptions = {},
  options: Partial<ServeOptions> = {},
): Promise<Scene> {
  const server = await serve({ host: '127.0.0.1', websocket, onError: () => {}, ...options });
  onTestFinished(() => server.close({ grace: 0 }));
  const { capture, options: output } = pretty();
  const log = logTraffic(server, traffic.logger ? traffic : { ...output, ...traffic });
  onTestFinished(log);
  return {
    server,
    capture,
    stop: log,
    get lines() {
      return renumbered(capture.lines);
    },
  };
}

/** Without what differs between runs: numbers, durations and ports. */
export function renumbered(lines: readonly string[]): string[] {
  const numbers = new Map<string, number>();
  return lines.map((line) =>
    line
      .replace(/#(\d+)/g, (_, number: string) => {
        if (!numbers.has(number)) numbers.set(number, numbers.size + 1);
        return `#${numbers.get(number)!}`;
      })
      .replace(/ after [\d.]+ (ms|s)/, ' after T')
      .replace(/, [\d.]+ (ms|s) after the ping/, ', T after the ping')
      .replace(/(127\.0\.0\.1|localhost):\d+/g, '$1:PORT'),
  );
}

/** A client that is gone after the test. */
export async function client(url: string, options?: OpenOptions): Promise<WebSocket> {
  const ws = await open(url, options);
  onTestFinished(() => ws.terminate());
  return ws;
}
