import { STATUS_CODES } from 'node:http';
import { expect, test } from 'vitest';
import { reasonPhrase } from '../../src/handshake/reason-phrase.js';

const statuses = Array.from({ length: 300 }, (_, index) => index + 300);

test('says what node:http says, or nothing', () => {
  const said = statuses.filter((status) => reasonPhrase(status) !== '');
  expect(said.length).toBeGreaterThan(25);
  // Node keeps the old words of 422, "Unprocessable Entity"; RFC 9110 has new ones.
  const common = said.filter((status) => status !== 422);
  expect(common.map(reasonPhrase)).toEqual(common.map((status) => STATUS_CODES[status]));
});

test('has no words for a status of somebody else', () => {
  expect(reasonPhrase(599)).toBe('');
});
