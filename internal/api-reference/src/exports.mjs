import { join } from 'node:path';
import ts from 'typescript';
import { docCommentOf } from './doc-comment.mjs';
import { doors, root } from './doors.mjs';

/**
 * Something that a package exports.
 *
 * @typedef {{ name: string, kind: Kind, declarations: ts.Declaration[] }} Export
 * @typedef {'function' | 'class' | 'interface' | 'type' | 'constant'} Kind
 */

/** @type {ts.CompilerOptions} */
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
  noLib: true,
};

/**
 * What each door exports of its own package, by the door's page. Nothing is checked here, only read: that the sources
 * compile is seen elsewhere.
 *
 * @returns {Map<string, Export[]>}
 */
export function readExports() {
  const host = ts.createCompilerHost(options);
  // What Node and the frameworks declare is not ours to tell, nor what an adapter exports of core.
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) =>
      text.startsWith('.')
        ? ts.resolveModuleName(text, from, options, host)
        : { resolvedModule: undefined },
    );
  const rootNames = doors.map(({ entry }) => join(root, entry));
  const program = ts.createProgram({ rootNames, options, host });
  const checker = program.getTypeChecker();
  return new Map(doors.map(({ page, entry }) => [page, exportsOf(program, checker, entry)]));
}

/**
 * @param {ts.Program} program
 * @param {ts.TypeChecker} checker
 * @param {string} entry
 * @returns {Export[]}
 */
function exportsOf(program, checker, entry) {
  const source = program.getSourceFile(join(root, entry));
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry}: expected a module`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => toExport(checker, symbol))
    .filter(({ declarations }) => declarations.length > 0)
    .toSorted((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1));
}

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.Symbol} symbol
 * @returns {Export}
 */
function toExport(checker, symbol) {
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  const { declarations = [] } = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
  // A constant and the type of its values share a name, and are told as one.
  const kinds = declarations.map(kindOf);
  const kind = kinds.includes('constant') ? 'constant' : (kinds[0] ?? 'constant');
  return { name: symbol.name, kind, declarations: declarations.filter(isForUsers) };
}

/** @param {ts.Declaration} declaration @returns {Kind} */
function kindOf(declaration) {
  if (ts.isFunctionDeclaration(declaration)) return 'function';
  if (ts.isClassDeclaration(declaration)) return 'class';
  if (ts.isInterfaceDeclaration(declaration)) return 'interface';
  return ts.isTypeAliasDeclaration(declaration) ? 'type' : 'constant';
}

/**
 * The implementation behind overloads is not.
 *
 * @param {ts.Declaration} declaration
 * @param {number} index
 * @param {readonly ts.Declaration[]} all
 */
function isForUsers(declaration, index, all) {
  const isImplementation = ts.isFunctionDeclaration(declaration) && declaration.body !== undefined;
  return !isImplementation || all.filter(ts.isFunctionDeclaration).length === 1;
}

/** @typedef {ts.ClassElement | ts.TypeElement} Member */

/**
 * The members of a class or an interface that users are to see.
 *
 * @param {ts.ClassDeclaration | ts.InterfaceDeclaration} declaration
 */
export function membersOf(declaration) {
  return /** @type {readonly Member[]} */ (declaration.members).filter(isShown);
}

/** @param {Member} member */
function isShown(member) {
  const { name } = member;
  if (name === undefined || ts.isPrivateIdentifier(name) || ts.isSetAccessor(member)) return false;
  const { text } = docCommentOf(member);
  // The name of an error, a symbol that needs no words.
  if (name.getText() === 'name' || ts.isComputedPropertyName(name)) return text !== '';
  // Such a comment speaks to other parts of this library.
  return !text.startsWith('For the ');
}
