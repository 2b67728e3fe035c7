import type { Shape } from '@pomelo-ts/common/contract';
import type { ts } from '../compiler.js';
import type { Problems } from '../problems.js';
import type { Place } from './place.js';

/** What reads a part of a type reads its parts with. */
export interface ShapeReading {
  readonly checker: ts.TypeChecker;
  readonly problems: Problems;
  /** The shape of a type. One with a name of its own becomes a definition, and the shape leads there. */
  read(type: ts.Type, place: Place): Shape;
  /** Notes that JSON cannot carry what is at `place`, and gives a shape to go on with. */
  refuse(place: Place, message: string): Shape;
}
