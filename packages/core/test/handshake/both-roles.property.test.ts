import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHandshakeKey } from '../../src/handshake/accept-key.js';
import { checkServerResponse, createClientHeaders } from '../../src/handshake/client-handshake.js';
import { isFieldValue, isToken } from '../../src/handshake/header-grammar.js';
import type { OutgoingHeaders } from '../../src/handshake/outgoing-headers.js';
import { renderResponse } from '../../src/handshake/refusal.js';
import type { RequestHead } from '../../src/handshake/request-head.js';
import {
  acceptHeaders,
  checkServerHandshake,
  offeredExtensions,
  renderSwitchingProtocols,
} from '../../src/handshake/server-handshake.js';
import { selectSubprotocol, subprotocols } from '../../src/handshake/subprotocol.js';
import { requestHead, sampleKey } from './http-heads.js';

const token = fc.stringMatching(/^[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,8}$/);
const tokens = fc.uniqueArray(token, { maxLength: 5 });
const parameters = fc.array(fc.tuple(token, fc.oneof(fc.constant<true>(true), token)));
const extensions = fc.uniqueArray(fc.record({ name: token, parameters }), {
  selector: ({ name }) => name,
  maxLength: 4,
});

/** How many more than `usual` lines there are, by any line end; undefined when the head is refused. */
function linesAdded(render: () => string, usual: number): number | undefined {
  try {
    return render().split(/\r\n|\r|\n/).length - usual;
  } catch {
    return undefined;
  }
}

function inLowerCase(headers: OutgoingHeaders): RequestHead['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

test('our server takes what our client asks, and our client what our server answers', () => {
  fc.assert(
    fc.property(tokens, tokens, extensions, (offered, supported, offers) => {
      const key = createHandshakeKey(randomBytes);
      const asked = { key, host: 'localhost', subprotocols: offered, extensions: offers };
      const request = { method: 'GET', headers: inLowerCase(createClientHeaders(asked)) };
      expect(checkServerHandshake(request)).toBeUndefined();
      expect(subprotocols(request)).toEqual(offered);
      expect(offeredExtensions(request)).toEqual(offers);

      const selected = selectSubprotocol(subprotocols(request), supported);
      const subprotocol = typeof selected === 'string' ? selected : '';
      const headers = inLowerCase(acceptHeaders(key, subprotocol, offers));
      const response = { statusCode: 101, httpVersion: '1.1', headers };
      const expected = { key, subprotocols: offered, extensionsOffered: offers };
      expect(checkServerResponse(response, expected)).toEqual({ subprotocol, extensions: offers });
    }),
  );
});

test('whatever a caller puts into headers, the head has no line but those it should, or is not made', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a\r\n\r\nb', 'a\nX: b', 'a'),
  );
  const headers = fc.dictionary(fc.oneof(nasty, token), nasty, { maxKeys: 3 });
  fc.assert(
    fc.property(headers, (given) => {
      const sendable = Object.entries(given).every(
        ([name, value]) => isToken(name) && isFieldValue(value),
      );
      const added = sendable ? Object.keys(given).length : undefined;
      expect(linesAdded(() => renderSwitchingProtocols(sampleKey, '', [], given), 6)).toBe(added);
      expect(linesAdded(() => renderResponse(403, given), 6)).toBe(added);
    }),
    { numRuns: 500 },
  );
});

test('no request makes the checks throw', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.string()),
    fc.constant(undefined),
  );
  const names = Object.keys(requestHead().headers);
  const some = fc.dictionary(
    fc.constantFrom(
      ...names,
      'sec-websocket-protocol',
      'sec-websocket-extensions',
      'content-length',
    ),
    value,
  );
  fc.assert(
    fc.property(some, fc.array(fc.string()), (lines, rawHeaders) => {
      const { headers, ...rest } = requestHead();
      const request = { ...rest, rawHeaders, headers: { ...headers, ...lines } };
      const refused = checkServerHandshake(request);
      expect(refused === undefined || refused.status >= 400).toBe(true);
    }),
  );
});
