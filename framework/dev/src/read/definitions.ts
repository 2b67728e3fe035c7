import { alternativesOf, type Shape } from '@pomelo-ts/common/contract';
import { ts } from '../compiler.js';
import type { Place } from './place.js';

/** Names that a file of types must not give to something of the game. */
const taken = new Set([
  'GameContract',
  'default',
  'Array',
  'Record',
  'string',
  'number',
  'boolean',
  'object',
  'unknown',
]);

interface Entry {
  name: string | undefined;
  shape: Shape | undefined;
  /** Whether the type is being read just now: it is met again inside itself. */
  open: boolean;
  /** Where it has been read: what is a problem depends on who sends it. */
  readonly read: Set<Place['sent']>;
}

/** Types with names: read once, and referred to from wherever they are used. */
export class Definitions {
  readonly #entries = new Map<ts.Type, Entry>();
  readonly #names = new Set(taken);

  /** The name to refer to when the type has been read, or is being read; else it is to be read now. */
  begin(type: ts.Type, sent: Place['sent']): string | undefined {
    if (!canHaveName(type)) return undefined;
    let entry = this.#entries.get(type);
    if (!entry) {
      entry = { name: undefined, shape: undefined, open: false, read: new Set() };
      this.#entries.set(type, entry);
      const name = ownName(type);
      if (name !== undefined && !isGeneric(type)) entry.name = this.#free(name);
    }
    if (entry.open) entry.name ??= this.#free(ownName(type) ?? 'Recursive');
    if (entry.open) return entry.name;
    if (entry.name !== undefined && entry.read.has(sent)) return entry.name;
    entry.open = true;
    entry.read.add(sent);
    return undefined;
  }

  /** Keeps the shape of a type that has been read; gives its name, if it has one. */
  end(type: ts.Type, shape: Shape): string | undefined {
    const entry = this.#entries.get(type);
    if (!entry) return undefined;
    entry.open = false;
    entry.shape = shape;
    return entry.name;
  }

  /** What a shape is one of, with references followed. */
  resolve(shape: Shape): readonly Shape[] {
    return alternativesOf(shape, this.toObject());
  }

  /** All that have a name, by it. */
  toObject(): Record<string, Shape> {
    const named = [...this.#entries.values()].filter(
      ({ name, shape }) => name !== undefined && shape !== undefined,
    );
    return Object.fromEntries(
      named
        .map(({ name, shape }) => [name!, shape!] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  }

  #free(name: string): string {
    let free = name;
    for (let i = 2; this.#names.has(free); i++) free = `${name}${i}`;
    this.#names.add(free);
    return free;
  }
}

/** Only what has parts is worth a name, or can lead back to itself. */
function canHaveName(type: ts.Type): boolean {
  if (type.flags & ts.TypeFlags.Boolean) return false;
  return (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.UnionOrIntersection)) !== 0;
}

/** The name that the game gave to a type; undefined for what has none, and for what comes with the language. */
function ownName(type: ts.Type): string | undefined {
  const symbol = type.aliasSymbol ?? type.getSymbol();
  const declared = symbol?.declarations?.[0];
  if (!symbol || !declared) return undefined;
  if (/\/lib\.[^/]*\.d\.ts$/.test(declared.getSourceFile().fileName)) return undefined;
  const { name } = symbol;
  return /^[A-Za-z$][\w$]*$/.test(name) && name !== 'default' ? name : undefined;
}

function isGeneric(type: ts.Type): boolean {
  if (type.aliasSymbol) return (type.aliasTypeArguments?.length ?? 0) > 0;
  const { typeArguments } = type as { typeArguments?: readonly ts.Type[] };
  return (typeArguments?.length ?? 0) > 0;
}
