import type { ErrorContract, PushContract } from '@pomelo-ts/common/contract';
import { ts } from '../compiler.js';
import { bodyWords, docOf, docWords } from './doc.js';
import type { Place } from './place.js';
import type { ShapeReader } from './shape-reader.js';

/** The pushes that the game's contract file declares, by route. */
export function readPushes(reader: ShapeReader, file: ts.SourceFile): Record<string, PushContract> {
  return readDeclared(reader, file, 'Pushes', (property, type, place) => ({
    body: reader.read(type, { ...place, path: `push ${property.name}` }),
    ...bodyWords(docOf(property, reader.checker)),
  }));
}

/** The errors that the game's contract file declares, by code. */
export function readErrors(reader: ShapeReader, file: ts.SourceFile): Record<string, ErrorContract> {
  return readDeclared(reader, file, 'Errors', (property, type, place) => {
    const { deprecated: _, ...doc } = docWords(docOf(property, reader.checker), 'doc');
    const none = ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never;
    if (type.flags & none) return doc;
    return { data: reader.read(type, { ...place, path: `error ${property.name} data` }), ...doc };
  });
}

function readDeclared<T>(
  reader: ShapeReader,
  file: ts.SourceFile,
  name: string,
  read: (property: ts.Symbol, type: ts.Type, place: Place) => T,
): Record<string, T> {
  const { checker } = reader;
  const module = checker.getSymbolAtLocation(file);
  const exported = module && checker.getExportsOfModule(module).find((symbol) => symbol.name === name);
  if (!exported) return {};
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const members = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map((property) => {
    const node = property.valueDeclaration ?? property.declarations?.[0] ?? file;
    const type = checker.getTypeOfSymbolAtLocation(property, node);
    return [property.name, read(property, type, { path: '', node, sent: 'to clients' })] as const;
  });
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
}
