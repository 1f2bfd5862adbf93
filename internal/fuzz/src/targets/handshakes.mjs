import assert from 'node:assert/strict';

import { HandshakeError, isUpgrade, negotiate, origin, subprotocols, target } from '@postern/core';

import {
  canonicalOrigin,
  checkServerResponse,
  formatExtensions,
  hasToken,
  parseAuthority,
  parseExtensions,
  parseTokenList,
  renderResponse,
} from '../core-internals.mjs';
import { randomOf } from '../random.mjs';

/** @typedef {{ first: string, headers: Record<string, string>, rawHeaders: string[] }} Head */

/** RFC 6455, section 1.3. */
const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ==';

/** Node keeps the first of several of these, and joins those of the others. */
const keptOnce = new Set(['host', 'content-length', 'origin', 'user-agent', 'referer']);

/** How long a header grows for the test of its cost, and the CPU time in ms that is far more than a linear parser needs. */
const AMPLIFIED = 262_144;
const AMPLIFIED_BUDGET = 1500;

/** The opening handshake, for both roles: raw heads of requests, and of responses (those begin with `HTTP/`). */
export const handshakes = { name: 'handshakes', judge };

/** @param {Buffer} input */
function judge(input) {
  const head = parseHead(input.toString('latin1'));
  if (randomOf(input).oneIn(300)) judgeCost(head);
  judgeGrammar(head);
  return head.first.startsWith('HTTP/') ? judgeResponse(head) : judgeRequest(head);
}

/** @param {Head} head */
function judgeRequest({ first, headers, rawHeaders }) {
  const [method = '', url = '', protocol = ''] = first.split(' ');
  const request = { method, url, httpVersion: protocol.replace('HTTP/', ''), headers, rawHeaders };
  origin(request);
  target(request);
  assert(Array.isArray(subprotocols(request)));
  const words = [
    {},
    { compression: true, subprotocols: ['chat', 'superchat'] },
    { origins: ['https://example.com'], trustProxy: true },
  ].map((options) => judgeNegotiation(request, options));
  return words.join(' ');
}

/**
 * @param {import('@postern/core').RequestHead} request
 * @param {import('@postern/core').HandlerOptions} options
 */
function judgeNegotiation(request, options) {
  const verdict = negotiate(request, options);
  if (verdict.ok) {
    assert(isUpgrade(request), 'let in, and yet no request for a WebSocket');
    for (const value of Object.values(verdict.headers)) assertSendable(String(value));
    return `in:${verdict.subprotocol}:${formatExtensions(verdict.extensions)}`;
  }
  const { status, headers, body } = verdict;
  assert([400, 403, 405, 426].includes(status), `refused with ${status}`);
  assert(body.length > 0 && body.length < 2000, `the reason has ${body.length} characters`);
  const rendered = renderResponse(status, headers, body);
  assert.equal(
    rendered.indexOf('\r\n\r\n') + 4,
    rendered.length - Buffer.byteLength(body),
    'the body begins early',
  );
  return `${status}:${body.slice(0, 40)}`;
}

/** @param {Head} head */
function judgeResponse({ first, headers, rawHeaders }) {
  const [protocol = '', status] = first.split(' ');
  const response = {
    statusCode: Number(status),
    httpVersion: protocol.slice(5),
    headers,
    rawHeaders,
  };
  const offered = /** @type {const} */ ({ name: 'permessage-deflate', parameters: [] });
  const expected = { key: sampleKey, subprotocols: ['chat'], extensionsOffered: [offered] };
  try {
    const choice = checkServerResponse(response, expected);
    assert(['', 'chat'].includes(choice.subprotocol));
    assert(choice.extensions.length <= 1);
    return `agreed:${choice.subprotocol}:${choice.extensions.length}`;
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
    return error.code;
  }
}

/**
 * What the grammar reads it writes so that it reads the same again.
 *
 * @param {Head} head
 */
function judgeGrammar({ headers }) {
  for (const value of Object.values(headers)) {
    const extensions = parseExtensions(value);
    if (extensions !== undefined) {
      assert.deepEqual(parseExtensions(formatExtensions(extensions)), extensions);
    }
    // Each look takes as long as the list.
    for (const token of (parseTokenList(value) ?? []).slice(0, 4)) {
      assert(hasToken(value, token), `the list has no ${token}`);
    }
    parseAuthority(value);
    const same = canonicalOrigin(value);
    if (same !== undefined) assert.equal(canonicalOrigin(same), same);
  }
}

/**
 * Every header, repeated to a quarter of a megabyte: a parser that goes back and forth would take minutes.
 *
 * @param {Head} head
 */
function judgeCost({ headers }) {
  for (const [name, value] of Object.entries(headers)) {
    if (value === '') continue;
    const long = value.repeat(Math.ceil(AMPLIFIED / value.length));
    const begin = process.cpuUsage();
    judgeGrammar({ first: '', headers: { [name]: long }, rawHeaders: [] });
    judgeRequest({
      first: 'GET / HTTP/1.1',
      headers: { ...headers, [name]: long },
      rawHeaders: [],
    });
    const { user, system } = process.cpuUsage(begin);
    const spent = (user + system) / 1000;
    assert(spent < AMPLIFIED_BUDGET, `${name} of ${long.length} characters took ${spent} ms`);
  }
}

/** @param {string} value */
function assertSendable(value) {
  assert(!/[\0\r\n]/.test(value), 'a header of the answer would end its line');
}

/**
 * Folds lines as `node:http` does, and like it drops what could not be in a line.
 *
 * @param {string} text
 * @returns {Head}
 */
function parseHead(text) {
  const [first = '', ...lines] = text.split('\r\n');
  /** @type {Record<string, string>} */
  const headers = Object.create(null);
  const rawHeaders = [];
  for (const line of lines) {
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).replaceAll(/^[ \t]+|[ \t]+$|[\0\r\n]/g, '');
    rawHeaders.push(name, value);
    const key = name.toLowerCase();
    const before = headers[key];
    if (before === undefined) headers[key] = value;
    else if (!keptOnce.has(key)) headers[key] = `${before}, ${value}`;
  }
  return { first, headers, rawHeaders };
}
