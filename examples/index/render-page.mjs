import { readFileSync } from 'node:fs';

const template = readFileSync(new URL('page.html', import.meta.url), 'utf8');
const minimalServer = readFileSync(new URL('../minimal-server/page.html', import.meta.url), 'utf8');
const [scene] = /<svg\b[^]*?<\/svg>/.exec(minimalServer);

const groups = /** @type {const} */ ([
  ['page', 'In the browser', 'Each is started when you first open it, on a port of its own.'],
  ['framework', 'In a framework', 'The same gatekeeper behind the session of each.'],
  [
    'terminal',
    'At the terminal',
    'Type the command in a terminal, in the folder of the repository.',
  ],
]);

/**
 * The page, with a card for each example.
 *
 * @param {import('./examples.mjs').Example[]} examples
 */
export function renderPage(examples) {
  const sections = groups.map(([kind, title, words]) => {
    const cards = examples.filter((example) => example.kind === kind).map(cardOf);
    if (cards.length === 0) return '';
    return `<section aria-labelledby="${kind}">
<h2 id="${kind}">${title}</h2>
<p class="about">${words}</p>
<ul class="cards">${cards.join('')}</ul>
</section>`;
  });
  return template.replace('{scene}', () => scene).replace('{examples}', () => sections.join(''));
}

/** @param {import('./examples.mjs').Example} example */
function cardOf({ name, title, sentence, kind, command }) {
  const isTool = kind === 'terminal';
  return `<li class="card" id="${name}" data-state="idle">
<h3>${isTool ? escaped(title) : `<a href="/open/${name}">${escaped(title)}</a>`}</h3>
<p>${escaped(sentence)}.</p>
${isTool ? `<pre tabindex="0"><code>${command}</code></pre>` : '<p class="standing" role="status"></p>'}
</li>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
