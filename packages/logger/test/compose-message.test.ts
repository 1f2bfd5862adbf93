import { expect, test } from 'vitest';

import { composeMessage } from '../src/compose-message.js';
import { Describer } from '../src/describer.js';
import { Redaction } from '../src/redaction.js';

const describer = new Describer(new Redaction(), undefined);
const request = { method: 'GET', url: '/chat', headers: {} };
const error = new TypeError('no');
const err = expect.objectContaining({ type: 'TypeError', message: 'no' }) as unknown;

test.each<[string, unknown[], string, object]>([
  ['words alone', ['a', 1, 'b'], 'a 1 b', {}],
  ['fields and words', [{ user: 3 }, 'late'], 'late', { user: 3 }],
  ['fields alone', [{ user: 3 }], '', { user: 3 }],
  ['a request first', [request, 'came'], 'GET /chat came', {}],
  ['a list first', [[1, 2], 'came'], '[ 1, 2 ] came', {}],
  ['an error alone', [error], 'TypeError: no', { err }],
  ['an error and words', [error, 'failed'], 'failed', { err }],
  ['an error among words', ['failed:', error], 'failed: TypeError: no', { err }],
  ['an error among fields', [{ err: error, user: 3 }, 'failed'], 'failed', { err, user: 3 }],
  ['an error among fields alone', [{ err: error }], 'TypeError: no', { err }],
  ['nothing', [], '', {}],
  ['null first', [null, 'a'], 'null a', {}],
])('%s', (_, values, text, fields) => {
  expect(composeMessage(values, describer)).toEqual({ text, fields });
});

test('an object after the first is a word, and no field', () => {
  expect(composeMessage(['user', { id: 3, token: 'abc' }], describer)).toEqual({
    text: "user { id: 3, token: '***' }",
    fields: {},
  });
});
