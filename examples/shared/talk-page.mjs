import { readFileSync } from 'node:fs';
import { pageHeaders, serveFiles } from './serve-files.mjs';

const template = readFileSync(new URL('talk.html', import.meta.url), 'utf8');

const serveRest = serveFiles({
  '/theme.css': new URL('theme.css', import.meta.url),
  '/talk.css': new URL('talk.css', import.meta.url),
  '/talk.js': new URL('talk.js', import.meta.url),
  '/favicon.svg': new URL('favicon.svg', import.meta.url),
});

/**
 * For examples that live in a terminal: a page that says what the server does, what to type to see it, and lets
 * whoever opens it talk to the server, a line at a time.
 *
 * @param {object} words HTML, all of them
 * @param {string} words.title
 * @param {string} words.text
 * @param {string} words.command what to type in a terminal; `{url}` in it is the server's address
 * @param {string} words.suggestion a line to begin with
 * @param {string} [words.subprotocol]
 * @returns {import('node:http').RequestListener}
 */
export function talkPage({ subprotocol = '', ...words }) {
  const page = Object.entries({ subprotocol, ...words }).reduce(
    (html, [name, value]) => html.replaceAll(`{${name}}`, value),
    template,
  );
  return (request, response) => {
    const [path] = request.url.split('?');
    if (path !== '/') return serveRest(request, response);
    return response.writeHead(200, pageHeaders('text/html')).end(page);
  };
}
