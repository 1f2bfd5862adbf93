import { isIP } from 'node:net';
import { origin } from '@postern/core';

/**
 * Stands at the door: whoever asks for a WebSocket is seen here before the opening handshake is answered.
 *
 * @type {import('@postern/core').Gatekeeper}
 */
export function gatekeeper(request, ws) {
  if (!isWelcome(origin(request))) {
    return ws.refuse(403, { body: 'Open the page at localhost, or at an address in numbers.\n' });
  }
  return conversation(ws); // Checked: hand over, and the request can be forgotten.
}

/** @param {import('@postern/core').WebSocket} ws */
async function conversation(ws) {
  // The first read lets the visitor in.
  for await (const message of ws) {
    if (message === '') break;
    await ws.write(answerTo(message));
  }
  // Nothing more to say, and so the connection ends: 1000.
}

/** @param {string | Buffer} message */
function answerTo(message) {
  if (typeof message !== 'string') return message;
  return message.startsWith('P') ? "No, I'm not!" : 'Why?';
}

/**
 * Postern has already refused the pages of other sites: their origin is not the host that they ask for. One trick
 * is left: a name of theirs that leads to this machine (DNS rebinding), for then it is. So names other than
 * localhost stay outside. A program that is no browser sends no origin, and is welcome.
 *
 * @param {string} from
 */
function isWelcome(from) {
  if (from === '') return true;
  const { hostname } = new URL(from);
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
