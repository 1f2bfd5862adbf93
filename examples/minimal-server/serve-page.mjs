import { readFileSync } from 'node:fs';

const files = new Map([
  ['/', load('page.html', 'text/html')],
  ['/page.css', load('page.css', 'text/css')],
  ['/page.js', load('page.js', 'text/javascript')],
  ['/favicon.svg', load('favicon.svg', 'image/svg+xml')],
  ['/gatekeeper.mjs', load('gatekeeper.mjs', 'text/javascript')], // The page shows it.
]);

/**
 * The HTTP side of the demo: a page and what it needs, and nothing else.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export function servePage(request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return response.writeHead(405, { allow: 'GET, HEAD' }).end();
  }
  const [path] = request.url.split('?');
  const file = files.get(path);
  if (!file) return response.writeHead(404, { 'content-type': 'text/plain' }).end('Not here.\n');
  return response.writeHead(200, file.headers).end(file.body);
}

/** Read once, at the start: no request can meet a missing file. */
function load(name, type) {
  return {
    body: readFileSync(new URL(name, import.meta.url)),
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
      'x-content-type-options': 'nosniff',
      // Chromium freezes a page that was left, its socket open, for the way back; unless it may not keep the page.
      'cache-control': 'no-store',
    },
  };
}
