import type {
  ClientRequestCase,
  ClientResponseCase,
  ConversationCase,
  Limits,
  ServerHandshakeCase,
  Step,
} from './case.js';
import { alive } from './steps.js';

type Optional<Case, Name extends keyof Case> = Omit<Case, Name> & Partial<Pick<Case, Name>>;

type ConversationRow = Optional<
  Omit<ConversationCase, 'steps'>,
  'severity' | 'roles' | 'ending' | 'largestMessage' | 'patience' | 'thenStillServes'
> & { readonly steps: readonly Step[] | ((limits: Limits) => readonly Step[]) };

/** Fills in what most cases have in common: a must, for both roles, after which the connection is alive. */
export function conversation(row: ConversationRow): ConversationCase {
  const { steps } = row;
  return {
    severity: 'must',
    roles: ['server', 'client'],
    ending: alive,
    largestMessage: 0,
    patience: 1,
    thenStillServes: false,
    ...row,
    steps: typeof steps === 'function' ? steps : () => steps,
  };
}

type ServerHandshakeRow = Optional<
  ServerHandshakeCase,
  'severity' | 'edits' | 'glued' | 'delivery' | 'outcome' | 'ending'
>;

/** Fills in: a must, a request that is right, and an opening. */
export function serverHandshake(row: ServerHandshakeRow): ServerHandshakeCase {
  return {
    severity: 'must',
    edits: [],
    glued: [],
    delivery: 'whole',
    outcome: { kind: 'opens' },
    ending: alive,
    ...row,
  };
}

type ClientRequestRow = Optional<ClientRequestCase, 'severity' | 'suffix' | 'connections'>;

/** Fills in: a must, about one connection to a plain path. */
export function clientRequest(row: ClientRequestRow): ClientRequestCase {
  return { severity: 'must', suffix: '', connections: 1, ...row };
}

type ClientResponseRow = Optional<
  ClientResponseCase,
  'severity' | 'edits' | 'glued' | 'delivery' | 'afterwards' | 'outcome' | 'ending'
>;

/** Fills in: a must, a response that is right, and an opening. */
export function clientResponse(row: ClientResponseRow): ClientResponseCase {
  return {
    severity: 'must',
    edits: [],
    glued: [],
    delivery: 'whole',
    afterwards: 'wait',
    outcome: 'opens',
    ending: alive,
    ...row,
  };
}
