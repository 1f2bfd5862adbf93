import ts from 'typescript';

/**
 * What a doc comment says: its text, what is thrown, and the default value.
 *
 * @typedef {{ text: string, throws: string[], default: string | undefined, params: string[] }} DocComment
 */

/**
 * The doc comment of a declaration; empty where there is none.
 *
 * @param {ts.Node} declaration
 * @returns {DocComment}
 */
export function docCommentOf(declaration) {
  const comment = ts.getJSDocCommentsAndTags(commentedNode(declaration)).find(ts.isJSDoc);
  const tags = [...(comment?.tags ?? [])];
  return {
    text: textOf(comment?.comment),
    throws: tags.filter(ts.isJSDocThrowsTag).map(thrown),
    params: tags.filter(ts.isJSDocParameterTag).map(parameter),
    default: tags.filter((tag) => tag.tagName.text === 'default').map(tagText)[0],
  };
}

/**
 * A variable's comment stands before its statement.
 *
 * @param {ts.Node} declaration
 */
function commentedNode(declaration) {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

/** @param {ts.JSDocThrowsTag} tag */
function thrown(tag) {
  const type = tag.typeExpression?.type.getText();
  return `${type === undefined ? '' : `\`${type}\` `}${tagText(tag)}`.trim();
}

/** @param {ts.JSDocParameterTag} tag */
function parameter(tag) {
  return `\`${tag.name.getText()}\`: ${tagText(tag)}`;
}

/** @param {ts.JSDocTag} tag */
function tagText(tag) {
  return textOf(tag.comment);
}

/** @param {string | ts.NodeArray<ts.JSDocComment> | undefined} comment */
function textOf(comment) {
  return (ts.getTextOfJSDocComment(comment) ?? '').trim();
}
