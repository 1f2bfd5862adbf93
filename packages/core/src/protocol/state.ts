/** How far the closing handshake has come. RFC 6455, section 7. */
export type State = 'open' | 'closeSent' | 'closeReceived' | 'closeDone' | 'closed';

/** What moves the closing handshake on. */
export type Trigger = 'sendClose' | 'receiveClose' | 'socketEnd';

const transitions: Record<State, Partial<Record<Trigger, State>>> = {
  open: { sendClose: 'closeSent', receiveClose: 'closeReceived', socketEnd: 'closed' },
  closeSent: { receiveClose: 'closeDone', socketEnd: 'closed' },
  closeReceived: { sendClose: 'closeDone', socketEnd: 'closed' },
  closeDone: { socketEnd: 'closed' },
  closed: {},
};

/** The state after `trigger`. A pair that is not in the table is a bug of ours. */
export function nextState(state: State, trigger: Trigger): State {
  const next = transitions[state][trigger];
  if (next === undefined) throw new Error(`no transition from ${state} by ${trigger}`);
  return next;
}
