import type { Shape } from '@pomelo-ts/common/contract';
import { ts } from '../compiler.js';
import { docOf, docWords } from './doc.js';
import { inside, type Place } from './place.js';
import type { ShapeReading } from './shape-reading.js';

/** Scalars of pomelo's protobuf that a number may be sent as. */
const wholeScalars = ['uInt32', 'uInt64', 'int32', 'sInt32', 'sInt64'];
const scalars = [...wholeScalars, 'float', 'double', 'bool'];

/** Whether JSON passes over a property whatever its value: symbols, `#private` ones, methods and accessors of classes. */
export function isNeverSent(property: ts.Symbol): boolean {
  if (String(property.escapedName).startsWith('__@') || String(property.escapedName).startsWith('__#'))
    return true;
  const declared = property.valueDeclaration;
  if (!declared || !ts.isClassLike(declared.parent)) return false;
  return (property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) !== 0;
}

/** The shape of a property's value, and whether it is always there; undefined when it never is. */
export function readProperty(
  reader: ShapeReading,
  property: ts.Symbol,
  place: Place,
): { readonly shape: Shape; readonly required: boolean } | undefined {
  const { checker } = reader;
  const declared = property.valueDeclaration ?? property.declarations?.[0];
  const here = inside(place, `.${property.name}`, declared);
  if (declared && isHidden(declared))
    reader.refuse(
      here,
      'hidden in its class, but JSON sends it: make it #private, or give the class a toJSON',
    );
  const type = checker.getTypeOfSymbolAtLocation(property, declared ?? here.node);
  const value = withoutUndefined(checker, type);
  const optional = isOptional(property, type);
  if (value.flags & ts.TypeFlags.Undefined || (optional && value.flags & ts.TypeFlags.Never))
    return undefined;
  if (value.flags & ts.TypeFlags.Never) reader.refuse(here, 'never, so that there can be no such object');
  return { shape: withDoc(reader, property, reader.read(value, here), here), required: !optional };
}

/** JSON leaves out what is undefined, as if it were absent. */
function isOptional(property: ts.Symbol, type: ts.Type): boolean {
  const members = type.isUnion() ? type.types : [type];
  return (
    (property.flags & ts.SymbolFlags.Optional) !== 0 ||
    members.some(({ flags }) => flags & ts.TypeFlags.Undefined)
  );
}

/** The type of the value when there is one. With null in it the union is taken apart later, where undefined counts as null. */
export function withoutUndefined(checker: ts.TypeChecker, type: ts.Type): ts.Type {
  if (!type.isUnion() || type.types.some(({ flags }) => flags & ts.TypeFlags.Null)) return type;
  return type.types.some(({ flags }) => flags & ts.TypeFlags.Undefined)
    ? checker.getNonNullableType(type)
    : type;
}

function isHidden(node: ts.Node): boolean {
  if (!ts.isClassLike(node.parent) && !ts.isParameter(node)) return false;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (ts.getCombinedModifierFlags(node as ts.Declaration) & hidden) !== 0;
}

/** The shape with what the comment above the property says. */
function withDoc(reader: ShapeReading, property: ts.Symbol, shape: Shape, place: Place): Shape {
  const doc = docOf(property, reader.checker);
  const words = docWords(doc, 'description');
  if (doc.proto === undefined) return Object.keys(words).length > 0 ? { ...shape, ...words } : shape;
  if (!scalars.includes(doc.proto)) {
    reader.problems.add(
      place.node,
      `${place.path} has @proto ${doc.proto}: expected one of ${scalars.join(', ')}`,
    );
    return shape;
  }
  return { ...withProto(shape, doc.proto), ...words };
}

/** A list's elements carry the scalar; numbers that are whole on the wire are whole for everybody. */
function withProto(shape: Shape, proto: string): Shape {
  if (shape.type === 'array' && shape.items) return { ...shape, items: withProto(shape.items, proto) };
  const whole = shape.type === 'number' && wholeScalars.includes(proto);
  return { ...shape, ...(whole && { type: 'integer' as const }), proto };
}
