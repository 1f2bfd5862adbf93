import { describe } from 'vitest';

import type { AdapterUnderTest } from './adapter-under-test.js';
import { describeConversation } from './groups/conversation.js';
import { describeDeadline } from './groups/deadline.js';
import { describeLeaving } from './groups/leaving.js';
import { describeRequests } from './groups/requests.js';
import { describeRefusals } from './groups/refusals.js';
import { describeResponse } from './groups/response.js';
import { describeRouting } from './groups/routing.js';
import { transports } from './transport.js';

/** Everything that a framework's adapter must do, over every transport. */
export function describeAdapter(adapter: AdapterUnderTest): void {
  describe.each(transports)(`${adapter.name} over %s`, (transport) => {
    const setting = { adapter, transport };
    describeConversation(setting);
    describeRefusals(setting);
    describeResponse(setting);
    describeRouting(setting);
    describeLeaving(setting);
    describeDeadline(setting);
    describeRequests(setting);
  });
}
