import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

const types = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/**
 * Answers requests for a page and what it needs, and for nothing else.
 *
 * @param {Record<string, string | URL>} files by their path
 * @returns {import('node:http').RequestListener}
 */
export function serveFiles(files) {
  const loaded = new Map(Object.entries(files).map(([path, file]) => [path, load(file)]));
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return response.writeHead(405, { allow: 'GET, HEAD' }).end();
    }
    const [path] = request.url.split('?');
    const file = loaded.get(path);
    if (!file) return response.writeHead(404, { 'content-type': 'text/plain' }).end('Not here.\n');
    return response.writeHead(200, file.headers).end(file.body);
  };
}

/** Read once, at the start: no request can meet a missing file. */
function load(file) {
  return { body: readFileSync(file), headers: pageHeaders(types[extname(String(file))]) };
}

/** @param {string} type */
export function pageHeaders(type) {
  return {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    'x-content-type-options': 'nosniff',
    // Chromium freezes a page that was left, its socket open, for the way back; unless it may not keep the page.
    'cache-control': 'no-store',
  };
}
