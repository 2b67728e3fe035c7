import { ts } from '../compiler.js';
import type { ServiceFile } from '../layout.js';
import type { Problems } from '../problems.js';

/** One method of a handler or remote. */
export interface ServiceMethod {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly signature: ts.Signature;
  readonly node: ts.Node;
}

/** What a server would expose of a file, as its types say it. */
export interface ServiceMethods {
  readonly methods: readonly ServiceMethod[];
  /** Hidden from TypeScript, but not from whoever calls. */
  readonly exposedAnyway: readonly ServiceMethod[];
}

/** The methods that a server makes callable of a file's default export: see `loadServices` in @pomelo-ts/core. */
export function readService(program: ts.Program, file: ServiceFile, problems: Problems): ServiceMethods {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file.path)!;
  const none = { methods: [], exposedAnyway: [] };
  const exported = defaultExport(checker, source);
  if (!exported) {
    problems.add(source, 'the file has no default export: expected a class, a factory or an object');
    return none;
  }
  const instance = instanceOf(checker, checker.getTypeOfSymbolAtLocation(exported, source));
  if (!instance || !(instance.flags & (ts.TypeFlags.Object | ts.TypeFlags.UnionOrIntersection))) {
    problems.add(
      source,
      'the default export gives no object with methods: expected a class, a factory or an object',
    );
    return none;
  }
  const methods = checker.getPropertiesOfType(instance).flatMap((symbol) => {
    const method = methodOf(checker, symbol, source, problems);
    return method ? [method] : [];
  });
  const hidden = ({ node }: ServiceMethod) => isHidden(node);
  return { methods: methods.filter((one) => !hidden(one)), exposedAnyway: methods.filter(hidden) };
}

/** `export default`, or `module.exports =`. */
function defaultExport(checker: ts.TypeChecker, source: ts.SourceFile): ts.Symbol | undefined {
  const module = checker.getSymbolAtLocation(source);
  const exports = module?.exports;
  const symbol =
    exports?.get(ts.InternalSymbolName.Default) ?? exports?.get(ts.InternalSymbolName.ExportEquals);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** What a server makes of a default export: a class's instance, what a factory gives or promises, else the thing itself. */
function instanceOf(checker: ts.TypeChecker, type: ts.Type): ts.Type | undefined {
  const [constructs] = type.getConstructSignatures();
  if (constructs) return constructs.getReturnType();
  const [makes] = type.getCallSignatures();
  return makes ? checker.getAwaitedType(makes.getReturnType()) : type;
}

function methodOf(
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
  source: ts.SourceFile,
  problems: Problems,
): ServiceMethod | undefined {
  const { name } = symbol;
  const node = symbol.valueDeclaration ?? symbol.declarations?.[0] ?? source;
  if (
    name === 'constructor' ||
    /^[_#]/.test(name) ||
    symbol.flags & ts.SymbolFlags.Accessor ||
    isForeign(symbol)
  )
    return undefined;
  const signatures = checker
    .getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, source))
    .getCallSignatures();
  if (signatures.length > 1)
    problems.add(
      node,
      `${name} has ${signatures.length} signatures: expected one, whose types clients are told`,
    );
  return signatures.length === 0 ? undefined : { name, symbol, signature: signatures[0]!, node };
}

/** Methods of EventEmitter are not exposed. */
function isForeign(symbol: ts.Symbol): boolean {
  const owner = symbol.valueDeclaration?.parent;
  const name =
    owner && (ts.isClassLike(owner) || ts.isInterfaceDeclaration(owner)) ? owner.name?.text : undefined;
  const file = owner?.getSourceFile().fileName ?? '';
  return (name === 'EventEmitter' && file.includes('/@types/node/')) || /\/lib\.[^/]*\.d\.ts$/.test(file);
}

function isHidden(node: ts.Node): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (ts.getCombinedModifierFlags(node as ts.Declaration) & hidden) !== 0;
}
