import { expect, test } from 'vitest';

import * as protocol from '../../src/protocol/index.js';

test('the room shows these names and no others', () => {
  expect(Object.keys(protocol).toSorted()).toEqual([
    'CloseCode',
    'FIN',
    'FrameParser',
    'Opcode',
    'PosternError',
    'Protocol',
    'ProtocolError',
    'StateError',
    'TextBytes',
    'checkCloseArguments',
    'checkFrame',
    'closePayload',
    'createFrame',
    'createFrameHeader',
    'frameLength',
    'isSendableCloseCode',
    'nextState',
    'parseClosePayload',
    'readFrameHeader',
    'writeFrame',
    'writeFrameHeader',
  ]);
});
