import { ts } from '../compiler.js';

/** What the comment above a declaration says. */
export interface Doc {
  readonly text: string | undefined;
  readonly deprecated: boolean;
  /** The word after `@proto`. */
  readonly proto: string | undefined;
}

/** Reads the comment of a symbol. */
export function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): Doc {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const tags = symbol.getJsDocTags(checker);
  const proto = tags.find(({ name }) => name === 'proto')?.text;
  return {
    text: text || undefined,
    deprecated: tags.some(({ name }) => name === 'deprecated'),
    proto: proto && ts.displayPartsToString(proto).trim(),
  };
}

/** The parts of a doc that a route, a push or a property of the contract carries. */
export function docWords<Name extends string>(
  { text, deprecated }: Doc,
  name: Name,
): { readonly [N in Name]?: string } & { readonly deprecated?: true } {
  const words: { [word: string]: unknown } = {};
  if (text !== undefined) words[name] = text;
  if (deprecated) words['deprecated'] = true;
  return words as ReturnType<typeof docWords<Name>>;
}

/** As {@link docWords} for a route or push, which may be marked `@proto none`. */
export function bodyWords(doc: Doc): ReturnType<typeof docWords<'doc'>> & { readonly proto?: 'none' } {
  return { ...docWords(doc, 'doc'), ...(doc.proto === 'none' && { proto: 'none' as const }) };
}
