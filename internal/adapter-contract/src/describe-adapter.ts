import { describe } from 'vitest';

import type { AdapterUnderTest } from './adapter-under-test.js';
import { describeAttaching } from './groups/attaching.js';
import { describeClients, describeWsClient } from './groups/clients.js';
import { describeClosing } from './groups/closing.js';
import { describeConversation } from './groups/conversation.js';
import { describeDeadline } from './groups/deadline.js';
import { describeForeignListeners } from './groups/foreign-listeners.js';
import { describeGatekeeping } from './groups/gatekeeping.js';
import { describeLeaving } from './groups/leaving.js';
import { describeMemory, describeTimeouts } from './groups/memory.js';
import { describeOptions } from './groups/options.js';
import { describeBackpressure, describeRefusals } from './groups/refusals.js';
import { describeRequests } from './groups/requests.js';
import { describeResponse } from './groups/response.js';
import { describeRouting } from './groups/routing.js';
import { describeTravelling } from './groups/travelling.js';
import type { Setting } from './station.js';
import { transports, type Transport } from './transport.js';

/** What holds however a client comes. */
const everywhere: readonly ((setting: Setting) => void)[] = [
  describeConversation,
  describeClients,
  describeRefusals,
  describeResponse,
  describeRouting,
  describeLeaving,
  describeDeadline,
  describeRequests,
  describeGatekeeping,
  describeTravelling,
  describeOptions,
  describeAttaching,
  describeClosing,
];

/** What takes long to see, or needs a port, is looked at where it shows. */
const somewhere: Readonly<Record<Transport, readonly ((setting: Setting) => void)[]>> = {
  tcp: [describeWsClient, describeForeignListeners, describeTimeouts],
  tls: [describeWsClient],
  unix: [describeWsClient],
  memory: [describeBackpressure, describeMemory],
};

/** Everything that a framework's adapter must do, over every transport. */
export function describeAdapter(adapter: AdapterUnderTest): void {
  describe.each(transports)(`${adapter.name} over %s`, (transport) => {
    for (const describeGroup of everywhere) describeGroup({ adapter, transport });
    for (const describeGroup of somewhere[transport]) describeGroup({ adapter, transport });
  });
}
