import type { Shape } from '@pomelo-ts/common/contract';
import { ts } from '../compiler.js';
import { inside, type Place } from './place.js';
import { withoutUndefined } from './property-shapes.js';
import type { ShapeReading } from './shape-reading.js';

/** The shape of an array or a tuple. */
export function readList(reader: ShapeReading, type: ts.TypeReference, place: Place): Shape {
  const { checker } = reader;
  const elements = checker.getTypeArguments(type);
  if (!checker.isTupleType(type)) {
    const [element] = elements;
    if (!element || element.flags & ts.TypeFlags.Never)
      return { type: 'array', prefixItems: [], items: false };
    return { type: 'array', items: reader.read(element, inside(place, '[]')) };
  }
  const { elementFlags, minLength } = type.target as ts.TupleType;
  const shapes = elements.map((element, i) => {
    const optional = (elementFlags[i]! & ts.ElementFlags.Optional) !== 0;
    return reader.read(optional ? withoutUndefined(checker, element) : element, inside(place, `[${i}]`));
  });
  const firstRest = elementFlags.findIndex((flag) => (flag & ts.ElementFlags.Variable) !== 0);
  const rest = firstRest < 0 ? [] : shapes.slice(firstRest);
  return {
    type: 'array',
    prefixItems: firstRest < 0 ? shapes : shapes.slice(0, firstRest),
    // What follows a rest is said less exactly: one of the rest and of that.
    items: rest.length === 0 ? false : rest.length === 1 ? rest[0]! : { anyOf: rest },
    ...(minLength > 0 && { minItems: Math.min(minLength, firstRest < 0 ? minLength : firstRest) }),
  };
}
