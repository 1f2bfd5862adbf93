import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { resolveCompression } from '../../src/deflate/compression-options.js';
import { acceptDeflate, negotiateDeflate, offerDeflate } from '../../src/deflate/negotiate.js';
import { formatExtensions, parseExtensions } from '../../src/handshake/header-grammar.js';

const bits = fc.integer({ min: 8, max: 15 });
const settings = fc
  .record({
    serverNoContextTakeover: fc.boolean(),
    clientNoContextTakeover: fc.boolean(),
    serverMaxWindowBits: bits,
    clientMaxWindowBits: bits,
  })
  .map((options) => resolveCompression(options)!);

test('a client and a server of ours always agree, and on the same', () => {
  fc.assert(
    fc.property(settings, settings, (client, server) => {
      const offer = parseExtensions(formatExtensions([offerDeflate(client)]))!;
      const answer = negotiateDeflate(offer, server)!;
      const response = parseExtensions(formatExtensions([answer.response]))![0]!;
      expect(acceptDeflate(response, client)).toEqual({ ok: true, agreed: answer.agreed });
    }),
  );
});

const value = fc.oneof(
  fc.constant(true as const),
  fc.constantFrom('8', '9', '10', '11', '12', '13', '14', '15'),
  fc.constantFrom('7', '16', '08', '1e1', ' 9', '', '10.0', '0x9'),
);
const name = fc.constantFrom(
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
  '__proto__',
);
const parameters = fc.array(fc.tuple(name, value), { maxLength: 5 });

/** RFC 7692, section 7.1, as a table. */
function isLegalOffer(given: ReadonlyArray<readonly [string, string | true]>): boolean {
  const window = /^(8|9|10|11|12|13|14|15)$/;
  const legal: Record<string, (each: string | true) => boolean> = {
    server_no_context_takeover: (each) => each === true,
    client_no_context_takeover: (each) => each === true,
    server_max_window_bits: (each) => each !== true && window.test(each),
    client_max_window_bits: (each) => each === true || window.test(each),
  };
  const names = new Set(given.map(([each]) => each));
  return (
    names.size === given.length &&
    given.every(([each, said]) => Object.hasOwn(legal, each) && legal[each]!(said))
  );
}

test('a server takes the legal offers and no others, and its answer is one that their client may accept', () => {
  fc.assert(
    fc.property(parameters, settings, (given, server) => {
      const offers = [{ name: 'permessage-deflate', parameters: given }];
      const answer = negotiateDeflate(offers, server);
      const said = new Map(given);
      const cannotAsk = server.clientMaxWindowBits < 15 && !said.has('client_max_window_bits');
      expect(answer !== undefined).toBe(isLegalOffer(given) && !cannotAsk);
      if (answer === undefined) return;
      const answered = new Map(answer.response.parameters);
      if (said.has('server_no_context_takeover')) {
        expect(answered.has('server_no_context_takeover')).toBe(true);
      }
      if (said.has('server_max_window_bits')) {
        expect(Number(answered.get('server_max_window_bits'))).toBeLessThanOrEqual(
          Number(said.get('server_max_window_bits')),
        );
      }
      if (!said.has('client_max_window_bits')) {
        expect(answered.has('client_max_window_bits')).toBe(false);
      }
    }),
  );
});
