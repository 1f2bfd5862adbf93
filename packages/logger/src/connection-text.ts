import type { WebSocket } from '@postern/core';

import { connectionId } from './connection-id.js';
import { printable } from './printable.js';
import { bytesText } from './quantity.js';
import type { Redaction } from './redaction.js';
import type { Fields } from './writer.js';

/** Whether it is a connection, of whichever copy of the library. */
export function isConnection(value: object): value is WebSocket {
  return 'bufferedAmount' in value && 'role' in value && 'state' in value;
}

/** A connection among other words: `WebSocket(server, OPEN) #7`. */
export function connectionText(ws: WebSocket, redaction: Redaction): string {
  const details = connectionDetails(ws, redaction);
  const appended = details.length === 0 ? '' : ` (${details.join(', ')})`;
  return `${connectionState(ws)} #${connectionId(ws)}${appended}`;
}

/** `WebSocket(server, OPEN)`. */
export function connectionState(ws: WebSocket): string {
  return `WebSocket(${ws.role}, ${ws.state.toUpperCase()})`;
}

/** What there is to say of a connection besides. */
export function connectionDetails(ws: WebSocket, redaction: Redaction): string[] {
  const [subprotocol = ''] = redaction.subprotocols([ws.subprotocol]);
  const details = [];
  if (subprotocol !== '') details.push(`subprotocol ${printable(subprotocol)}`);
  if (ws.bufferedAmount > 0) details.push(`${bytesText(ws.bufferedAmount)} waiting`);
  return details;
}

/** A connection as a field of a line that a machine reads. */
export function connectionFields(ws: WebSocket, redaction: Redaction): Fields {
  return {
    connection: connectionId(ws),
    role: ws.role,
    state: ws.state,
    subprotocol: redaction.subprotocols([ws.subprotocol])[0],
    bufferedAmount: ws.bufferedAmount,
  };
}
