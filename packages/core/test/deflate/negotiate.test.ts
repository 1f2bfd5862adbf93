import { describe, expect, test } from 'vitest';

import {
  resolveCompression,
  type CompressionOptions,
} from '../../src/deflate/compression-options.js';
import {
  acceptDeflate,
  agreementOf,
  negotiateDeflate,
  offerDeflate,
} from '../../src/deflate/negotiate.js';
import { formatExtensions, parseExtensions } from '../../src/handshake/header-grammar.js';

function settings(options: CompressionOptions = {}) {
  return resolveCompression(options)!;
}

/** What a server with `options` answers to the header `offers`. */
function answer(offers: string, options?: CompressionOptions) {
  const found = negotiateDeflate(parseExtensions(offers)!, settings(options));
  return found && { response: formatExtensions([found.response]), agreed: found.agreed };
}

/** The header of the answer alone. */
function respond(offers: string, options?: CompressionOptions): string | undefined {
  return answer(offers, options)?.response;
}

/** What a client with `options` says to the header `response`. */
function accept(response: string, options?: CompressionOptions) {
  return acceptDeflate(parseExtensions(response)![0]!, settings(options));
}

const everything = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

describe('a server (RFC 7692, section 7.1)', () => {
  test('takes the plainest offer as it is', () => {
    expect(answer('permessage-deflate')).toEqual({
      response: 'permessage-deflate',
      agreed: everything,
    });
  });

  test('takes what a browser offers', () => {
    expect(answer('permessage-deflate; client_max_window_bits')).toEqual({
      response: 'permessage-deflate',
      agreed: everything,
    });
  });

  test.each([
    ['server_no_context_takeover', { serverNoContextTakeover: true }],
    ['client_no_context_takeover', { clientNoContextTakeover: true }],
    ['server_max_window_bits=8', { serverMaxWindowBits: 8 }],
    ['server_max_window_bits=15', {}],
    ['client_max_window_bits=8', { clientMaxWindowBits: 8 }],
    ['client_max_window_bits=14', { clientMaxWindowBits: 14 }],
  ])('grants %s and says so', (parameter, agreed) => {
    expect(answer(`permessage-deflate; ${parameter}`)).toEqual({
      response: `permessage-deflate; ${parameter}`,
      agreed: { ...everything, ...agreed },
    });
  });

  test('leaves out a client window of 15, which needs no word', () => {
    expect(respond('permessage-deflate; client_max_window_bits=15')).toBe('permessage-deflate');
  });

  test('grants all four at once', () => {
    const all =
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover; ' +
      'server_max_window_bits=9; client_max_window_bits=10';
    expect(answer(all)).toEqual({
      response: all,
      agreed: {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 9,
        clientMaxWindowBits: 10,
      },
    });
  });

  test('takes a value in quotes, as RFC 6455, section 9.1, allows', () => {
    expect(respond('permessage-deflate; server_max_window_bits="10"')).toBe(
      'permessage-deflate; server_max_window_bits=10',
    );
  });

  test('ignores other extensions, before and after', () => {
    expect(respond('x-webkit-deflate-frame, permessage-deflate, permessage-bzip2')).toBe(
      'permessage-deflate',
    );
    expect(respond('permessage-bzip2; permessage-deflate')).toBeUndefined();
    expect(respond('PERMESSAGE-DEFLATE')).toBeUndefined();
    expect(respond('')).toBeUndefined();
  });
});

describe('a server declines an offer', () => {
  const bad: Array<[string, string]> = [
    ['with an unknown parameter', 'fast'],
    ['with one named like a property of every object', 'constructor'],
    ['with a parameter twice', 'server_no_context_takeover; server_no_context_takeover'],
    ['with a window twice', 'client_max_window_bits; client_max_window_bits=10'],
    ['with a value where none belongs', 'server_no_context_takeover=true'],
    ['with a value where none belongs (client)', 'client_no_context_takeover=1'],
    ['without the value that belongs there', 'server_max_window_bits'],
    ...[
      '0',
      '7',
      '16',
      '08',
      '010',
      '015',
      '10.0',
      '1e1',
      '0xa',
      '+9',
      '-9',
      'a',
      '٩',
      '1000',
    ].flatMap((value): Array<[string, string]> => [
      [`with a server window of ${value}`, `server_max_window_bits="${value}"`],
      [`with a client window of ${value}`, `client_max_window_bits="${value}"`],
    ]),
  ];

  test.each(bad)('%s', (_, parameters) => {
    const offers = [{ name: 'permessage-deflate', parameters: parse(parameters) }];
    expect(negotiateDeflate(offers, settings())).toBeUndefined();
  });

  test.each(bad)('%s, and takes the good one after it', (_, parameters) => {
    const offers = [
      { name: 'permessage-deflate', parameters: parse(parameters) },
      { name: 'permessage-deflate', parameters: [] },
    ];
    expect(negotiateDeflate(offers, settings())?.agreed).toEqual(everything);
  });

  /** As the header would read, were every value a token. */
  function parse(parameters: string): Array<[string, string | true]> {
    return parameters.split('; ').map((parameter) => {
      const [name, value] = parameter.split('=');
      return [name!, value?.replaceAll('"', '') ?? true];
    });
  }

  test('takes the first good one, not the best', () => {
    const offers =
      'permessage-deflate; server_max_window_bits=7, ' +
      'permessage-deflate; server_max_window_bits=9, permessage-deflate';
    expect(respond(offers)).toBe('permessage-deflate; server_max_window_bits=9');
  });
});

describe('a server with options', () => {
  test('says that it compresses every message by itself, asked or not', () => {
    const options = { serverNoContextTakeover: true };
    expect(answer('permessage-deflate', options)).toEqual({
      response: 'permessage-deflate; server_no_context_takeover',
      agreed: { ...everything, serverNoContextTakeover: true },
    });
  });

  test('tells the client to do so, asked or not', () => {
    expect(respond('permessage-deflate', { clientNoContextTakeover: true })).toBe(
      'permessage-deflate; client_no_context_takeover',
    );
  });

  test.each([
    ['permessage-deflate', 10],
    ['permessage-deflate; server_max_window_bits=15', 10],
    ['permessage-deflate; server_max_window_bits=9', 9],
  ])('has the smaller server window: %s', (offer, bits) => {
    expect(respond(offer, { serverMaxWindowBits: 10 })).toBe(
      `permessage-deflate; server_max_window_bits=${bits}`,
    );
  });

  test.each([
    ['permessage-deflate; client_max_window_bits', 10],
    ['permessage-deflate; client_max_window_bits=15', 10],
    ['permessage-deflate; client_max_window_bits=9', 9],
  ])('asks for the smaller client window: %s', (offer, bits) => {
    expect(respond(offer, { clientMaxWindowBits: 10 })).toBe(
      `permessage-deflate; client_max_window_bits=${bits}`,
    );
  });

  test('declines a client that cannot be asked, and takes a later offer that can', () => {
    const options = { clientMaxWindowBits: 10 };
    expect(respond('permessage-deflate', options)).toBeUndefined();
    expect(respond('permessage-deflate, permessage-deflate; client_max_window_bits', options)).toBe(
      'permessage-deflate; client_max_window_bits=10',
    );
  });
});

describe('a client offers', () => {
  const offer = (options?: CompressionOptions) =>
    formatExtensions([offerDeflate(settings(options))]);

  test('that its own window can be made smaller, and asks for nothing', () => {
    expect(offer()).toBe('permessage-deflate; client_max_window_bits');
  });

  test('what its options say', () => {
    const options = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 8,
      clientMaxWindowBits: 9,
    };
    expect(offer(options)).toBe(
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover; ' +
        'server_max_window_bits=8; client_max_window_bits=9',
    );
  });
});

describe('a client accepts', () => {
  test.each([
    ['permessage-deflate', {}],
    ['permessage-deflate; server_no_context_takeover', { serverNoContextTakeover: true }],
    ['permessage-deflate; client_no_context_takeover', { clientNoContextTakeover: true }],
    ['permessage-deflate; server_max_window_bits=8', { serverMaxWindowBits: 8 }],
    ['permessage-deflate; client_max_window_bits=8', { clientMaxWindowBits: 8 }],
  ])('%s', (response, agreed) => {
    expect(accept(response)).toEqual({ ok: true, agreed: { ...everything, ...agreed } });
  });

  test('a smaller server window than it asked for', () => {
    const answered = accept('permessage-deflate; server_max_window_bits=9', {
      serverMaxWindowBits: 10,
    });
    expect(answered).toEqual({ ok: true, agreed: { ...everything, serverMaxWindowBits: 9 } });
  });

  test('silence about what only concerns itself, and holds to it all the same', () => {
    const options = { clientNoContextTakeover: true, clientMaxWindowBits: 9 };
    expect(accept('permessage-deflate', options)).toEqual({
      ok: true,
      agreed: { ...everything, ...options },
    });
  });
});

describe('a client refuses', () => {
  test.each([
    ['another extension', 'permessage-bzip2', {}],
    ['an unknown parameter', 'permessage-deflate; fast', {}],
    [
      'a parameter twice',
      'permessage-deflate; server_max_window_bits=9; server_max_window_bits=9',
      {},
    ],
    ['a value where none belongs', 'permessage-deflate; server_no_context_takeover=1', {}],
    ['a server window without a value', 'permessage-deflate; server_max_window_bits', {}],
    ['a client window without a value', 'permessage-deflate; client_max_window_bits', {}],
    ['a window of 7', 'permessage-deflate; client_max_window_bits=7', {}],
    ['a window of 08', 'permessage-deflate; server_max_window_bits=08', {}],
    [
      'to do without the takeover it asked for',
      'permessage-deflate',
      { serverNoContextTakeover: true },
    ],
    ['to do without the window it asked for', 'permessage-deflate', { serverMaxWindowBits: 10 }],
    [
      'a larger server window than it asked for',
      'permessage-deflate; server_max_window_bits=11',
      { serverMaxWindowBits: 10 },
    ],
    [
      'a larger client window than it has',
      'permessage-deflate; client_max_window_bits=11',
      { clientMaxWindowBits: 10 },
    ],
  ])('%s', (_, response, options) => {
    const verdict = accept(response, options);
    expect(verdict).toEqual({
      ok: false,
      reason: expect.stringMatching(/^permessage-deflate in /),
    });
  });

  test.each(['server_max_window_bits', 'client_max_window_bits'])(
    'CVE-2026-2229: %s=1000 fails the handshake and throws nothing',
    (parameter) => {
      expect(accept(`permessage-deflate; ${parameter}=1000`)).toEqual({
        ok: false,
        reason: `permessage-deflate in the server's answer: ${parameter} is not an integer from 8 to 15`,
      });
    },
  );
});

describe('what an answer has agreed on', () => {
  const read = (answered: string) => agreementOf(parseExtensions(answered)![0]!);

  test('is what it says, and the defaults of the RFC for the rest', () => {
    expect(read('permessage-deflate')).toEqual(everything);
    expect(
      read('permessage-deflate; server_no_context_takeover; client_max_window_bits=9'),
    ).toEqual({
      ...everything,
      serverNoContextTakeover: true,
      clientMaxWindowBits: 9,
    });
  });

  test.each(['server_max_window_bits=7', 'client_max_window_bits', 'fast'])(
    'is nothing for an answer with %s',
    (parameter) => {
      expect(() => read(`permessage-deflate; ${parameter}`)).toThrow(TypeError);
    },
  );
});
