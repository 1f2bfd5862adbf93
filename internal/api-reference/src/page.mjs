import ts from 'typescript';
import { declarationText } from './declaration.mjs';
import { docCommentOf } from './doc-comment.mjs';
import { membersOf } from './exports.mjs';

/** @typedef {import('./doors.mjs').Door} Door */
/** @typedef {import('./exports.mjs').Export} Export */

/**
 * Where each name is explained: `core.md#open`.
 *
 * @typedef {ReadonlyMap<string, string>} Places
 */

/** @type {ReadonlyArray<readonly [import('./exports.mjs').Kind, string]>} */
const SECTIONS = [
  ['function', 'Functions'],
  ['class', 'Classes'],
  ['interface', 'Objects and options'],
  ['type', 'Types'],
  ['constant', 'Constants'],
];

/**
 * The page of one door.
 *
 * @param {Door} door
 * @param {readonly Export[]} exports
 * @param {Places} places
 */
export function renderPage({ page, name, intro }, exports, places) {
  const sections = sectionsOf(exports);
  const index = sections.map(
    ({ title, members }) =>
      `- **${title}:** ${members.map((each) => linkTo(each.name, page, places)).join(', ')}`,
  );
  const bodies = sections.flatMap(({ title, members }) => [
    `## ${title}`,
    ...members.map((each) => renderExport(each, page, places)),
  ]);
  const made = '<!-- Made from the doc comments by internal/api-reference: not to be edited. -->';
  return [made, `# ${name}`, intro, index.join('\n'), ...bodies].join('\n\n');
}

/**
 * The place of every name of a page.
 *
 * @param {string} page
 * @param {readonly Export[]} exports
 * @returns {[string, string][]}
 */
export function placesOf(page, exports) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  return sectionsOf(exports).flatMap(({ members }) =>
    members.map(({ name }) => placeOf(name, page, counts)),
  );
}

/**
 * @param {string} name
 * @param {string} page
 * @param {Map<string, number>} counts
 * @returns {[string, string]}
 */
function placeOf(name, page, counts) {
  return [name, `${page}#${anchorOf(name, counts)}`];
}

/**
 * As Markdown is shown, letters are small in anchors, and the second of the same gets a number.
 *
 * @param {string} name
 * @param {Map<string, number>} counts
 */
function anchorOf(name, counts) {
  const anchor = name.toLowerCase();
  const count = counts.get(anchor) ?? 0;
  counts.set(anchor, count + 1);
  return count === 0 ? anchor : `${anchor}-${count}`;
}

/** @param {readonly Export[]} exports */
function sectionsOf(exports) {
  return SECTIONS.map(([kind, title]) => ({
    title,
    members: exports.filter((each) => each.kind === kind),
  })).filter(({ members }) => members.length > 0);
}

/**
 * @param {string} name
 * @param {string} page
 * @param {Places} places
 */
function linkTo(name, page, places) {
  const place = places.get(name) ?? '';
  return `[${name}](${place.startsWith(`${page}#`) ? place.slice(page.length) : place})`;
}

/**
 * @param {Export} exported
 * @param {string} page
 * @param {Places} places
 */
function renderExport({ name, declarations }, page, places) {
  const parts = declarations.flatMap((declaration) => renderDeclaration(declaration));
  return [`### ${name}`, ...parts, ...seeAlso(name, parts, page, places)].join('\n\n');
}

/**
 * @param {ts.Declaration} declaration
 * @returns {string[]}
 */
function renderDeclaration(declaration) {
  const text = declarationText(declaration);
  // A heading says as much as `interface Clock`.
  const code = /^(class|interface) \w+$/.test(text) ? [] : [fenced(text)];
  const said = [...code, ...renderComment(declaration)];
  if (ts.isInterfaceDeclaration(declaration)) {
    return [...said, ...renderTable(membersOf(declaration))];
  }
  if (!ts.isClassDeclaration(declaration)) return said;
  const members = membersOf(declaration);
  const methods = members.filter(isMethod).flatMap((each) => renderMethod(declaration, each));
  return [...said, ...renderTable(members.filter((each) => !isMethod(each))), ...methods];
}

/** @typedef {import('./exports.mjs').Member} Member */

/** @param {Member} member @returns {member is ts.MethodDeclaration} */
function isMethod(member) {
  return ts.isMethodDeclaration(member);
}

/**
 * @param {ts.ClassDeclaration} owner
 * @param {ts.MethodDeclaration} method
 */
function renderMethod(owner, method) {
  const name = method.name.getText();
  const title = `${owner.name?.text}${name.startsWith('[') ? '' : '.'}${name}()`;
  return [`#### \`${title}\``, fenced(declarationText(method)), ...renderComment(method)];
}

/** @param {ts.Node} declaration */
function renderComment(declaration) {
  const { text, params, throws } = docCommentOf(declaration);
  const parts = [text, list(params), throws.length > 0 ? `Throws:\n\n${list(throws)}` : ''];
  return parts.filter((part) => part !== '');
}

/** @param {readonly string[]} items */
function list(items) {
  return items.map((item) => `- ${item.replaceAll('\n', '\n  ')}`).join('\n');
}

/** @param {readonly Member[]} members */
function renderTable(members) {
  const rows = members.map(rowOf);
  if (rows.length === 0) return [];
  const hasDefaults = rows.some((row) => row.value !== '');
  const titles = hasDefaults ? ['name', 'type', 'default', ''] : ['name', 'type', ''];
  const lines = rows.map(({ name, type, value, text }) =>
    hasDefaults ? [name, type, value, text] : [name, type, text],
  );
  return [[titles, titles.map(() => '---'), ...lines].map(toLine).join('\n')];
}

/** @param {Member} member */
function rowOf(member) {
  const { text, throws, default: value = '' } = docCommentOf(member);
  const { type } = /** @type {{ type?: ts.TypeNode }} */ (/** @type {unknown} */ (member));
  const isOptional = 'questionToken' in member && member.questionToken !== undefined;
  const shown = ts.isMethodSignature(member) ? methodType(member) : (type?.getText() ?? '');
  return {
    name: `\`${member.name?.getText()}${isOptional && !ts.isMethodSignature(member) ? '?' : ''}\``,
    type: `\`${shown}\``,
    value: /^[\d_]+$|^'|^\[\]$|^(true|false|Infinity)$/.test(value) ? `\`${value}\`` : value,
    text: [text, ...throws.map((each) => `Throws ${each}`)].join(' '),
  };
}

/** @param {ts.MethodSignature} member */
function methodType(member) {
  const parameters = member.parameters.map((each) => each.getText()).join(', ');
  return `(${parameters}) => ${member.type?.getText()}`;
}

/** @param {readonly string[]} cells */
function toLine(cells) {
  return `| ${cells.map((cell) => cell.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
}

/**
 * Links to what a declaration speaks of, for code has none.
 *
 * @param {string} name
 * @param {readonly string[]} parts
 * @param {string} page
 * @param {Places} places
 */
function seeAlso(name, parts, page, places) {
  const names = parts
    .join('\n')
    .match(/```ts\n[^]*?```|`[^`\n]+`/g)
    ?.flatMap((code) => code.match(/\b[A-Za-z]\w+/g) ?? [])
    .filter((each) => each !== name && places.has(each) && isTelling(each));
  if (names === undefined || names.length === 0) return [];
  const links = [...new Set(names)].toSorted().map((each) => linkTo(each, page, places));
  return [`See ${links.join(', ')}.`];
}

/**
 * A word in small letters may be a parameter as well.
 *
 * @param {string} name
 */
function isTelling(name) {
  return /^[A-Z]/.test(name);
}

/** @param {string} code */
function fenced(code) {
  return `\`\`\`ts\n${code}\n\`\`\``;
}
