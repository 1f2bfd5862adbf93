import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { clientAddress, origin, subprotocols, target } from '@postern/core';

// Nothing here knows a framework: the same file stands at the door in Express, Fastify, Koa and Hono.

/** @typedef {import('@postern/core').HandshakeRequest} HandshakeRequest */
/** @typedef {import('@postern/core').WebSocket} WebSocket */
/** @typedef {import('./user.mjs').User} User */

/** What a client without a session is told, wherever it asks. */
export const notLoggedIn = 'Nobody is logged in here. Log in first.\n';

const strangeName = 'Open the page at localhost, or at an address in numbers.\n';

/** Between two numbers, in milliseconds. */
const COUNT_STEP = 80;

/**
 * Lets in whoever is logged in.
 *
 * @param {import('./room.mjs').Room} room
 * @param {(request: HandshakeRequest) => User | undefined} userOf the one thing that a framework knows better: whose
 *   session it is
 * @returns {import('@postern/core').Gatekeeper}
 */
export function chatGatekeeper(room, userOf) {
  return (request, ws) => {
    if (!isWelcome(origin(request))) return ws.refuse(403, { body: strangeName });
    const user = userOf(request);
    if (user === undefined) return ws.refuse(401, { body: notLoggedIn });
    console.log(`${user.name} comes from ${clientAddress(request)}`);
    return room.enter(ws, user); // Checked: hand over, and the request can be forgotten.
  };
}

/**
 * Counts for everybody, as in `/count?to=10`, but only in the subprotocol `count`.
 *
 * @type {import('@postern/core').Gatekeeper}
 */
export function countGatekeeper(request, ws) {
  if (!isWelcome(origin(request))) return ws.refuse(403, { body: strangeName });
  if (!subprotocols(request).includes('count')) {
    return ws.refuse(400, { body: 'Only the subprotocol “count” is spoken here.\n' });
  }
  const [, query] = target(request).split('?');
  const end = Number(new URLSearchParams(query).get('to') ?? 10);
  if (!(end >= 1 && end <= 100)) return ws.refuse(400, { body: 'Expected “to” from 1 to 100.\n' });
  return count(ws, end);
}

/**
 * @param {WebSocket} ws
 * @param {number} end
 */
async function count(ws, end) {
  await ws.accept({ subprotocol: 'count' });
  for (let number = 1; number <= end; number += 1) {
    if (!(await ws.writeGuarded(String(number)))) return; // The client has left, or the server closes.
    await wait(COUNT_STEP);
  }
}

/**
 * Postern has already refused the pages of other sites: their origin is not the host that they ask for. One trick
 * is left: a name of theirs that leads to this machine (DNS rebinding), for then it is, and anybody may log in here.
 * So names other than localhost stay outside. A program that is no browser sends no origin, and is welcome.
 *
 * @param {string} from
 */
function isWelcome(from) {
  if (from === '') return true;
  const { hostname } = new URL(from);
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
