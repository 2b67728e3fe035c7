import type { Shape } from '@pomelo-ts/common/contract';
import { ts } from '../compiler.js';
import { readList } from './list-shapes.js';
import { inside, type Place } from './place.js';
import { isNeverSent, readProperty } from './property-shapes.js';
import type { ShapeReading } from './shape-reading.js';

/** Types of the language whose values JSON does not carry as one would think, and what to use instead. */
const unusable: Readonly<Record<string, string>> = {
  Map: 'an object, or a list of pairs',
  ReadonlyMap: 'an object, or a list of pairs',
  Set: 'a list',
  ReadonlySet: 'a list',
  WeakMap: 'an object',
  WeakSet: 'a list',
  RegExp: 'a text',
  Promise: 'await, to send what it gives',
  Error: 'its message, or throw it',
  ArrayBuffer: 'a text (base64), or a list of numbers',
  DataView: 'a text (base64), or a list of numbers',
};

const typedArray = /^(Ui|I)nt\d+(Clamped)?Array$|^(Float|BigInt|BigUint)\d+Array$/;

/** The shape of an object, list or function type. */
export function readObject(reader: ShapeReading, type: ts.Type, place: Place): Shape {
  const { checker } = reader;
  if (checker.isArrayType(type) || checker.isTupleType(type))
    return readList(reader, type as ts.TypeReference, place);
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0)
    return reader.refuse(place, 'a function, which JSON leaves out: send what it gives, or take it away');
  const toJson = type.getProperty('toJSON');
  if (toJson) return readToJson(reader, type, toJson, place);
  const global = languageName(type);
  if (global !== undefined) {
    const instead = typedArray.test(global) ? unusable['DataView'] : unusable[global];
    if (instead) return reader.refuse(place, `a ${global}, which JSON empties or changes: use ${instead}`);
  }
  return readProperties(reader, type, place);
}

/** What `toJSON` gives is what is sent; nothing makes the object of it again that a handler would expect. */
function readToJson(reader: ShapeReading, type: ts.Type, toJson: ts.Symbol, place: Place): Shape {
  const { checker } = reader;
  if (place.sent === 'by clients') {
    const name = checker.typeToString(type);
    return reader.refuse(
      place,
      `a ${name}, but what comes from a client is JSON: say what that looks like (string for a Date)`,
    );
  }
  const [signature] = checker.getTypeOfSymbolAtLocation(toJson, place.node).getCallSignatures();
  return signature ? reader.read(signature.getReturnType(), inside(place, '', toJson.valueDeclaration)) : {};
}

function readProperties(reader: ShapeReading, type: ts.Type, place: Place): Shape {
  const { checker } = reader;
  const properties: Record<string, Shape> = {};
  const required: string[] = [];
  for (const property of checker.getPropertiesOfType(type)) {
    if (isNeverSent(property)) {
      if (place.sent === 'by clients' && property.flags & ts.SymbolFlags.Method)
        reader.refuse(
          place,
          `a ${checker.typeToString(type)} with methods, but what comes from a client is JSON: use an interface`,
        );
      continue;
    }
    const read = readProperty(reader, property, place);
    if (!read) continue;
    properties[property.name] = read.shape;
    if (read.required) required.push(property.name);
  }
  const index = checker.getIndexInfosOfType(type)[0];
  return {
    type: 'object',
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
    ...(index && { additionalProperties: reader.read(index.type, inside(place, '[…]')) }),
  };
}

/** The name of a type that comes with the language; undefined for any other. */
function languageName(type: ts.Type): string | undefined {
  const symbol = type.getSymbol();
  const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
  return /\/lib\.[^/]*\.d\.ts$/.test(file) ? symbol?.name : undefined;
}
