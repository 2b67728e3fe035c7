import { refTo, type Shape } from '@pomelo-ts/common/contract';
import { ts } from '../compiler.js';
import type { Problems } from '../problems.js';
import { Definitions } from './definitions.js';
import { docOf, docWords } from './doc.js';
import { readObject } from './object-shapes.js';
import type { Place } from './place.js';
import type { ShapeReading } from './shape-reading.js';
import { oneOf, readUnion } from './union-shapes.js';

/** Types in types in types: beyond this, one of them makes new ones without end. */
const deepestType = 60;

/** Turns types into shapes of what JSON makes of their values. */
export class ShapeReader implements ShapeReading {
  readonly checker: ts.TypeChecker;
  readonly problems: Problems;
  readonly definitions = new Definitions();
  #depth = 0;

  constructor(checker: ts.TypeChecker, problems: Problems) {
    this.checker = checker;
    this.problems = problems;
  }

  /** The shape of a type. One with a name of its own becomes a definition, and the shape leads there. */
  read(type: ts.Type, place: Place): Shape {
    if (this.#depth > deepestType)
      return this.refuse(place, 'a type that goes on without end: give it a name or an end');
    const known = this.definitions.begin(type, place.sent);
    if (known !== undefined) return refTo(known);
    this.#depth++;
    const shape = this.#plain(type, place);
    this.#depth--;
    const name = this.definitions.end(type, { ...this.#words(type), ...shape });
    return name === undefined ? shape : refTo(name);
  }

  /** What the comment above a type says, for those that become definitions. */
  #words(type: ts.Type): Shape {
    const symbol = type.aliasSymbol ?? type.getSymbol();
    return symbol ? docWords(docOf(symbol, this.checker), 'description') : {};
  }

  /** Notes that JSON cannot carry what is at `place`, and gives a shape to go on with. */
  refuse(place: Place, message: string): Shape {
    this.problems.add(place.node, `${place.path} is ${message}`);
    return {};
  }

  #plain(type: ts.Type, place: Place): Shape {
    if (type.flags & ts.TypeFlags.Any) return this.#any(type, place);
    if (type.flags & ts.TypeFlags.Unknown) return {};
    if (type.isUnion() && !(type.flags & ts.TypeFlags.Boolean)) return readUnion(this, type, place);
    const scalar = scalarShape(type);
    if (scalar) return scalar;
    if (type.flags & ts.TypeFlags.BigIntLike)
      return this.refuse(place, 'a bigint, which JSON cannot carry: use a number, or a text');
    if (type.flags & ts.TypeFlags.ESSymbolLike)
      return this.refuse(place, 'a symbol, which JSON leaves out: use a text');
    if (type.flags & ts.TypeFlags.NonPrimitive) return { type: 'object', additionalProperties: {} };
    if (type.flags & ts.TypeFlags.Instantiable) return this.#parameter(type, place);
    if (type.isIntersection()) {
      const base = type.types.map(scalarShape).find((shape) => shape !== undefined);
      if (base) return base; // a text with a brand is a text
    }
    return readObject(this, type, place);
  }

  #any(type: ts.Type, place: Place): Shape {
    // The compiler's own mark of what it could not find.
    if ((type as { intrinsicName?: string }).intrinsicName !== 'error') return {};
    return this.refuse(place, 'a type that cannot be found: tsc says why');
  }

  /** A type parameter, or what depends on one: whatever it can be at most. */
  #parameter(type: ts.Type, place: Place): Shape {
    const constraint = this.checker.getBaseConstraintOfType(type);
    return constraint && constraint !== type ? this.read(constraint, place) : {};
  }
}

/** The shape of a type without parts; undefined for any other. */
function scalarShape(type: ts.Type): Shape | undefined {
  const { flags } = type;
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
  if (flags & ts.TypeFlags.BooleanLiteral)
    return { const: (type as unknown as { intrinsicName: string }).intrinsicName === 'true' };
  if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
  if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
  if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
  if (flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return { type: 'null' };
  if (flags & ts.TypeFlags.Never) return oneOf([]);
  return undefined;
}
