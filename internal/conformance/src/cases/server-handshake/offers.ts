import type { HandshakeOutcome, Severity } from '../../case.js';
import { serverHandshake } from '../../define-case.js';
import { add, valuesOf, type HttpHead } from '../../wire/http-head.js';
import { either, opens, refused } from './outcomes.js';

function noExtension(response: HttpHead): string | undefined {
  const found = valuesOf(response, 'Sec-WebSocket-Extensions');
  return found.length === 0 ? undefined : 'the 101 names an extension';
}

type Row = readonly [
  name: string,
  title: string,
  values: readonly string[],
  outcome: HandshakeOutcome,
  severity?: Severity,
];

const extensions: readonly Row[] = [
  ['unknown', 'an unknown extension is let go', ['x-unknown'], opens],
  [
    'several-unknown',
    'a list of unknown extensions is let go',
    ['x-one, x-two; a=1, x-three; b="c"'],
    opens,
  ],
  ['two-headers', 'unknown extensions in two headers are let go', ['x-one', 'x-two'], opens],
  [
    'parameters',
    'an unknown extension with parameters is let go',
    ['x-one; a; b=2; c="three"'],
    opens,
  ],
  [
    'prototype-names',
    'extensions named like properties of objects are let go',
    ['constructor, __proto__; toString=1, hasOwnProperty'],
    opens,
  ],
  ['no-name', 'an extension that is only parameters is refused', ['; a=1'], refused(400)],
  [
    'no-value',
    'a parameter with a sign of equality and no value is refused',
    ['x-one; a='],
    refused(400),
  ],
  ['no-parameter', 'a semicolon without a parameter is refused', ['x-one;'], refused(400)],
  ['two-words', 'two words without a semicolon are refused', ['x-one x-two'], refused(400)],
  ['open-quote', 'a quoted value that does not end is refused', ['x-one; a="b'], refused(400)],
  ['quoted-space', 'a quoted value that is no token is refused', ['x-one; a="b c"'], refused(400)],
  ['empty-quotes', 'an empty quoted value is refused', ['x-one; a=""'], refused(400)],
  ['separator', 'an extension whose name is no token is refused', ['x(one)'], refused(400)],
  [
    'many-backslashes',
    'a thousand escapes in an open quoted value take no time',
    [`x; a="${'\\c'.repeat(1_000)}`],
    refused(400),
  ],
  [
    'many-spaces',
    'four thousand spaces inside the list take no time',
    [`x-one${' '.repeat(4_000)}y`],
    refused(400),
  ],
];

const protocols: readonly Row[] = [
  ['offered', 'a subprotocol that nobody configured is let go or refused', ['chat'], either],
  ['several-offered', 'a list of subprotocols is let go or refused', ['chat, superchat'], either],
  [
    'two-headers',
    'subprotocols in two headers are let go or refused',
    ['chat', 'superchat'],
    either,
  ],
  [
    'prototype-names',
    'subprotocols named like properties of objects are survived',
    ['constructor, __proto__'],
    either,
  ],
  ['twice', 'the same subprotocol offered twice is refused', ['chat, chat'], refused(400)],
  ['two-words', 'a subprotocol of two words is refused', ['chat room'], refused(400)],
  ['separator', 'a subprotocol with a separator in it is refused', ['chat/1'], refused(400)],
  ['quoted', 'a quoted subprotocol is refused', ['"chat"'], refused(400)],
  ['not-ascii', 'a subprotocol beyond ASCII is refused', ['caf\xe9'], refused(400)],
  [
    'many-spaces',
    'ten thousand spaces between two subprotocols take no time',
    [`a${' '.repeat(10_000)}b`],
    refused(400),
  ],
];

/** What a client offers: sections 4.2.1, items 8 and 9, 4.3 and 9.1. */
export const offers = [
  ...extensions.map(([name, title, values, outcome, severity = 'must']) =>
    serverHandshake({
      id: `9.1/extension-${name}`,
      title,
      edits: values.map((value) => add('Sec-WebSocket-Extensions', value)),
      outcome,
      severity,
      judge: noExtension,
    }),
  ),
  serverHandshake({
    id: '9.1/extension-deflate',
    title: 'an offer of permessage-deflate is let go where compression is off',
    severity: 'postern',
    edits: [add('Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits')],
    judge: noExtension,
  }),
  ...protocols.map(([name, title, values, outcome, severity = 'must']) =>
    serverHandshake({
      id: `4.2.1/subprotocol-${name}`,
      title,
      edits: values.map((value) => add('Sec-WebSocket-Protocol', value)),
      outcome,
      severity,
    }),
  ),
];
