import type { CompressionSettings } from './compression-options.js';
import { Deflater } from './deflater.js';
import { Inflater } from './inflater.js';
import type { DeflateAgreement } from './negotiate.js';

/** What one connection compresses and inflates with. */
export interface Codec {
  readonly deflater: Deflater;
  readonly inflater: Inflater;
  /** Shorter messages are sent as they are. */
  readonly threshold: number;
}

/** What `role` needs to hold to `agreed`. Nothing is allocated before there is a message. */
export function createCodec(
  agreed: DeflateAgreement,
  role: 'server' | 'client',
  { threshold, level, memLevel, codec }: CompressionSettings,
): Codec {
  const server = {
    noContextTakeover: agreed.serverNoContextTakeover,
    windowBits: agreed.serverMaxWindowBits,
  };
  const client = {
    noContextTakeover: agreed.clientNoContextTakeover,
    windowBits: agreed.clientMaxWindowBits,
  };
  const [own, peer] = role === 'server' ? [server, client] : [client, server];
  return {
    deflater: new Deflater({ ...own, level, memLevel, codec }),
    inflater: new Inflater({ ...peer, codec }),
    threshold,
  };
}
