// TypeScript without its types, as somebody would have written it in JavaScript: what is left is left where it stands,
// comments and empty lines too. A formatter closes the gaps.
import ts from 'typescript6';

const kinds = ts.SyntaxKind;
const modifiers = new Set([
  kinds.ReadonlyKeyword,
  kinds.PrivateKeyword,
  kinds.PublicKeyword,
  kinds.ProtectedKeyword,
  kinds.OverrideKeyword,
  kinds.AbstractKeyword,
  kinds.DeclareKeyword,
]);

/**
 * The JavaScript of a source in TypeScript that has nothing but types to lose.
 * @throws Error for what would need more than leaving something out, such as an enum
 */
export function stripTypes(source, file) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
  const gone = [];
  const visit = (node) => {
    const before = gone.length;
    note(node, tree, gone);
    // What goes as a whole needs no look inside.
    if (gone.slice(before).some(([from, to]) => from <= node.getStart(tree) && to >= node.end)) return;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return without(source, gone);
}

/** Adds the places of `node` that JavaScript does not have. */
function note(node, tree, gone) {
  refuse(node, tree);
  if (isTypeOnly(node)) {
    gone.push([startOf(node, tree), endOf(node, tree)]);
    return;
  }
  for (const modifier of ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [])
    if (modifiers.has(modifier.kind)) gone.push([modifier.getStart(tree), spaceAfter(modifier.end, tree)]);
  if (node.type && !ts.isTypeNode(node)) noteType(node, tree, gone);
  for (const mark of [node.questionToken, node.exclamationToken])
    if (mark && !ts.isConditionalExpression(node)) gone.push([mark.getStart(tree), mark.end]);
  if (ts.isNonNullExpression(node)) gone.push([node.expression.end, node.end]);
  for (const list of [node.typeParameters, node.typeArguments])
    if (list && (!ts.isTypeNode(node) || ts.isExpressionWithTypeArguments(node)))
      gone.push([list.pos - 1, tree.text.indexOf('>', list.end) + 1]);
  if (ts.isHeritageClause(node) && node.token === kinds.ImplementsKeyword)
    gone.push([node.getFullStart(), node.end]);
}

/** ` as X`, ` satisfies X` and `: X`. */
function noteType(node, tree, gone) {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) gone.push([node.expression.end, node.end]);
  else gone.push([tree.text.lastIndexOf(':', node.type.getStart(tree)), node.type.end]);
}

function isTypeOnly(node) {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isImportDeclaration(node)) {
    const { importClause: clause } = node;
    if (clause?.isTypeOnly) return true;
    const names = clause?.namedBindings;
    return names && ts.isNamedImports(names) && !clause.name && names.elements.length > 0
      ? names.elements.every((name) => name.isTypeOnly)
      : false;
  }
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) return node.isTypeOnly;
  // An overload, or a method that is only promised.
  return (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.body === undefined;
}

function refuse(node, tree) {
  const needsMore =
    ts.isEnumDeclaration(node) ||
    ts.isModuleDeclaration(node) ||
    ts.isTypeAssertionExpression(node) ||
    (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent));
  if (!needsMore) return;
  const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
  throw new Error(`${tree.fileName}:${line + 1} cannot be JavaScript by leaving its types out`);
}

/** The start of a node; of a statement or a member with the comment that belongs to it, which no empty line sets apart. */
function startOf(node, tree) {
  let start = node.getStart(tree);
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) return start;
  for (const { pos, end } of (ts.getLeadingCommentRanges(tree.text, node.pos) ?? []).reverse()) {
    if (/\n\s*\n/.test(tree.text.slice(end, start))) break;
    start = pos;
  }
  return start;
}

/** The end of a node: in a list with its comma, else with its line. */
function endOf(node, tree) {
  if (!ts.isImportSpecifier(node) && !ts.isExportSpecifier(node))
    return tree.text[node.end] === '\n' ? node.end + 1 : node.end;
  return tree.text[node.end] === ',' ? spaceAfter(node.end + 1, tree) : node.end;
}

function spaceAfter(end, { text }) {
  let at = end;
  while (text[at] === ' ') at++;
  return at;
}

function without(source, gone) {
  let text = '';
  let at = 0;
  for (const [from, to] of gone.sort(([one], [other]) => one - other)) {
    if (from > at) text += source.slice(at, from);
    at = Math.max(at, to);
  }
  return text + source.slice(at);
}
