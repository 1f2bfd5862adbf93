import { readFileSync } from 'node:fs';

const files = [
  { path: '/', name: 'page.html', type: 'text/html' },
  { path: '/page.css', name: 'page.css', type: 'text/css' },
  { path: '/scene.css', name: 'scene.css', type: 'text/css' },
  { path: '/page.js', name: 'page.js', type: 'text/javascript' },
  { path: '/favicon.svg', name: 'favicon.svg', type: 'image/svg+xml' },
];

/**
 * The page and what it needs, for a framework to put on its routes. Read once, at the start: no request can meet a
 * missing file.
 *
 * @param {string} framework as the page is to call it
 */
export function pageFiles(framework) {
  return files.map(({ path, name, type }) => ({
    path,
    body: readFileSync(new URL(name, import.meta.url), 'utf8').replaceAll('{framework}', framework),
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
      'x-content-type-options': 'nosniff',
      // Chromium freezes a page that was left, its socket open, for the way back; unless it may not keep the page.
      'cache-control': 'no-store',
    },
  }));
}
