import type { Literal, Shape } from '@pomelo-ts/common/contract';
import { literalsOf } from '@pomelo-ts/common/contract';
import { ts } from '../compiler.js';
import type { Place } from './place.js';
import type { ShapeReading } from './shape-reading.js';

/** The shape of a union, in an order that does not depend on the compiler's. */
export function readUnion(reader: ShapeReading, type: ts.UnionType, place: Place): Shape {
  const isEmpty = (one: ts.Type) => (one.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) !== 0;
  const rest = reader.checker.getNonNullableType(type);
  if (rest !== type) {
    const nothing: Shape[] = type.types.some(isEmpty) ? [{ type: 'null' }] : [];
    return oneOf([reader.read(rest, place), ...nothing]);
  }
  return oneOf(type.types.map((one) => reader.read(one, place)));
}

/** The shape of what is one of `shapes`: literals together, each once, sorted. */
export function oneOf(shapes: readonly Shape[]): Shape {
  const members = shapes.flatMap((shape) => shape.anyOf ?? [shape]);
  const literals = new Set(members.flatMap((shape) => literalsOf(shape) ?? []));
  const others = new Map(
    members.filter((shape) => !literalsOf(shape)).map((shape) => [JSON.stringify(shape), shape]),
  );
  if (literals.has(true) && literals.has(false)) {
    literals.delete(true);
    literals.delete(false);
    others.set('{"type":"boolean"}', { type: 'boolean' });
  }
  const sorted = [...others].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, shape]) => shape);
  const [first] = literals;
  const all: Shape[] = literals.size === 1 ? [{ const: first! }, ...sorted] : [...sorted];
  if (literals.size > 1) all.unshift({ enum: [...literals].sort(byTypeAndValue) });
  return all.length === 1 ? all[0]! : { anyOf: all };
}

function byTypeAndValue(one: Literal, other: Literal): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return `${typeof one} ${one}` < `${typeof other} ${other}` ? -1 : 1;
}
