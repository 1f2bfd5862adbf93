import { createCodec, type Codec } from '../deflate/codec.js';
import { compressionDefaults, type CompressionSettings } from '../deflate/compression-options.js';
import { PERMESSAGE_DEFLATE } from '../deflate/deflate-parameters.js';
import { acceptDeflate, agreementOf, type DeflateAgreement } from '../deflate/negotiate.js';
import type { ExtensionOffer } from '../handshake/header-grammar.js';
import type { Role } from '../protocol/protocol.js';

/** What the opening handshake agreed on; what `negotiate` returns is one. */
export interface Agreed {
  /** `''` for none. */
  readonly subprotocol?: string;
  /** As in the server's answer; only `permessage-deflate` is known here. */
  readonly extensions?: readonly ExtensionOffer[];
}

/**
 * What the connection compresses with; undefined when nothing was agreed.
 * @throws {TypeError} when an extension is not one that is spoken here.
 */
export function codecFor(
  { extensions = [] }: Agreed,
  role: Role,
  settings: CompressionSettings | undefined,
): Codec | undefined {
  const [answer, ...others] = extensions;
  if (answer === undefined) return undefined;
  if (answer.name !== PERMESSAGE_DEFLATE || others.length > 0) {
    throw new TypeError(
      `extensions are not ${PERMESSAGE_DEFLATE} alone, which is all there is here`,
    );
  }
  const chosen = settings ?? compressionDefaults;
  return createCodec(
    role === 'client' ? accepted(answer, chosen) : agreementOf(answer),
    role,
    chosen,
  );
}

/** A client holds to its own wishes too, whether the server repeated them or not. */
function accepted(answer: ExtensionOffer, settings: CompressionSettings): DeflateAgreement {
  const verdict = acceptDeflate(answer, settings);
  if (verdict.ok) return verdict.agreed;
  throw new TypeError(verdict.reason);
}
