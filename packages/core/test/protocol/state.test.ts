import { describe, expect, test } from 'vitest';

import { nextState, type State, type Trigger } from '../../src/protocol/state.js';

const states: readonly State[] = ['open', 'closeSent', 'closeReceived', 'closeDone', 'closed'];
const triggers: readonly Trigger[] = ['sendClose', 'receiveClose', 'socketEnd'];

const legal = [
  ['open', 'sendClose', 'closeSent'],
  ['open', 'receiveClose', 'closeReceived'],
  ['open', 'socketEnd', 'closed'],
  ['closeSent', 'receiveClose', 'closeDone'],
  ['closeSent', 'socketEnd', 'closed'],
  ['closeReceived', 'sendClose', 'closeDone'],
  ['closeReceived', 'socketEnd', 'closed'],
  ['closeDone', 'socketEnd', 'closed'],
] as const;

describe('the closing handshake (section 7.1)', () => {
  test.each(legal)('from %s by %s to %s', (from, trigger, to) => {
    expect(nextState(from, trigger)).toBe(to);
  });

  const illegal = states.flatMap((state) =>
    triggers
      .filter((trigger) => !legal.some((row) => row[0] === state && row[1] === trigger))
      .map((trigger) => [state, trigger] as const),
  );

  test.each(illegal)('from %s by %s is a bug of ours', (state, trigger) => {
    expect(() => nextState(state, trigger)).toThrow(`no transition from ${state} by ${trigger}`);
  });

  test('every pair is one or the other', () => {
    expect(legal.length + illegal.length).toBe(states.length * triggers.length);
  });
});
