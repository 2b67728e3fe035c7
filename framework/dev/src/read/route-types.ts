import type { RouteContract, Shape } from '@pomelo-ts/common/contract';
import { isAnything } from '@pomelo-ts/common/contract';
import { ts } from '../compiler.js';
import { bodyWords, docOf } from './doc.js';
import type { Place } from './place.js';
import type { ServiceMethod } from './services.js';
import type { ShapeReader } from './shape-reader.js';
import { oneOf } from './union-shapes.js';

/** What the client is answered when a handler gives nothing. */
const emptyAnswer: Shape = { type: 'object' };

/** What a handler's method takes and gives, as clients see it. */
export function readRoute(reader: ShapeReader, route: string, method: ServiceMethod): RouteContract {
  return {
    input: readInput(reader, route, method),
    answer: readAnswer(reader, route, method),
    ...bodyWords(docOf(method.symbol, reader.checker)),
  };
}

function readInput(reader: ShapeReader, route: string, { signature, node }: ServiceMethod): Shape {
  const [first] = signature.getParameters();
  if (!first) return {};
  const place: Place = { path: `${route} input`, node: first.valueDeclaration ?? node, sent: 'by clients' };
  const type = reader.checker.getTypeOfSymbolAtLocation(first, place.node);
  const shape = reader.read(type.isUnion() ? reader.checker.getNonNullableType(type) : type, place);
  const bodies = reader.definitions.resolve(shape);
  if (bodies.every((body) => isAnything(body) || body.type === 'object' || body.type === 'array'))
    return shape;
  return reader.refuse(place, `${reader.checker.typeToString(type)}, but the body of a request is an object`);
}

function readAnswer(reader: ShapeReader, route: string, { signature, node }: ServiceMethod): Shape {
  // pomelo's `(msg, session, next)`: the answer is what next is called with.
  if (signature.getParameters().length > 2) return {};
  const { checker } = reader;
  const place: Place = { path: `${route} answer`, node, sent: 'to clients' };
  const type = checker.getAwaitedType(signature.getReturnType());
  if (!type) return {};
  const isNothing = ({ flags }: ts.Type) => (flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)) !== 0;
  if (isNothing(type) || type.flags & ts.TypeFlags.Never) return emptyAnswer;
  if (!type.isUnion() || !type.types.some(isNothing)) return reader.read(type, place);
  return oneOf([
    ...type.types.filter((one) => !isNothing(one)).map((one) => reader.read(one, place)),
    emptyAnswer,
  ]);
}
