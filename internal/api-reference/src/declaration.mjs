import ts from 'typescript';

/**
 * A declaration as it stands in the source, without what makes it work: bodies, initial values, modifiers that say
 * nothing to a caller, and the names of what only our own code asks for.
 *
 * @param {ts.Declaration} declaration
 * @returns {string}
 */
export function declarationText(declaration) {
  if (ts.isVariableDeclaration(declaration)) return variableText(declaration);
  if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
    return headText(declaration);
  }
  return callableText(declaration);
}

/** @param {ts.VariableDeclaration} declaration */
function variableText(declaration) {
  const { name, type } = declaration;
  if (type === undefined) return `const ${declaration.getText()};`;
  return `const ${name.getText()}: ${type.getText()};`;
}

/** @param {ts.ClassDeclaration | ts.InterfaceDeclaration} declaration */
function headText(declaration) {
  const word = ts.isClassDeclaration(declaration) ? 'class' : 'interface';
  const { name, typeParameters } = declaration;
  const parameters = typeParameters?.map((each) => each.getText()).join(', ');
  const heritage = (declaration.heritageClauses ?? [])
    .filter(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
    .map((clause) => ` ${clause.getText()}`);
  return `${word} ${name?.text}${parameters === undefined ? '' : `<${parameters}>`}${heritage.join('')}`;
}

/** @param {ts.Node & { body?: ts.Node | undefined }} declaration */
function callableText(declaration) {
  const source = declaration.getSourceFile().text;
  const end = declaration.body?.getStart() ?? declaration.getEnd();
  const text = source
    .slice(declaration.getStart(), end)
    .trim()
    .replace(/^(export |async |override )+/, '')
    .replace(/;$/, '');
  return `${dedent(text, declaration)};`;
}

/**
 * Members stand indented in their class.
 *
 * @param {string} text
 * @param {ts.Node} declaration
 */
function dedent(text, declaration) {
  const source = declaration.getSourceFile();
  const { character } = source.getLineAndCharacterOfPosition(declaration.getStart());
  const [first = '', ...others] = text.split('\n');
  return [first, ...others.map((line) => line.slice(character))].join('\n');
}
