import { PosternError, type CloseInfo } from '@postern/core';
import { expect, test } from 'vitest';

import { closeReasonText, closeText } from '../src/close-text.js';

const clean: CloseInfo = {
  code: 1000,
  reason: '',
  wasClean: true,
  initiator: 'peer',
  cause: undefined,
};

test.each<[Partial<CloseInfo>, string]>([
  [{}, '1000 (normal) by the peer'],
  [{ code: 1001, initiator: 'local' }, '1001 (going away) by this side'],
  [{ code: 1005 }, '1005 (no status) by the peer'],
  [{ code: 1006, initiator: 'network' }, '1006 (abnormal) by the network'],
  [{ code: 4001 }, '4001 by the peer'],
])('%o is %s', (changes, text) => {
  expect(closeText({ ...clean, ...changes })).toBe(text);
});

test('the reason is what the peer said, unless there is a cause', () => {
  expect(closeReasonText(clean)).toBe('');
  expect(closeReasonText({ ...clean, reason: 'tab\nclosed' })).toBe('tab\\nclosed');
  const cause = new PosternError('POSTERN_ERR_MASK', 'unmasked frame');
  expect(closeReasonText({ ...clean, reason: 'unmasked frame', cause })).toBe(
    'unmasked frame [POSTERN_ERR_MASK]',
  );
});
