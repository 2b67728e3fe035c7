import { types } from 'node:util';

/** Deepest nesting that travels; what is deeper is most likely a circle. */
export const deepest = 512;
/** Most characters of a place that are told: a circle's has hundreds of steps. */
const longestPlace = 120;

/**
 * A value in terms of what MessagePack carries: null, booleans, numbers, BigInts of 64 bits, texts, Dates, Buffers, arrays
 * and objects. Gives the same value where nothing in it is of another kind. What becomes of other kinds is what a reader of
 * JSON expects, but for bytes, Map, Set and Error; the guide "calling-servers" has the table. Codecs call this before they
 * write.
 *
 * @throws TypeError that names the place of a function, symbol or other thing that cannot travel
 */
export function carriedValue(value: unknown): unknown {
  try {
    return carry(value, '', 0);
  } catch (error) {
    if (!(error instanceof Uncarried)) throw error;
    throw new TypeError(`${placeOf(error) || 'it'} is ${error.what}`);
  }
}

function placeOf({ path }: Uncarried): string {
  const place = path.replace(/^\./, '');
  return place.length > longestPlace ? `${place.slice(0, longestPlace)}…` : place;
}

/** What cannot travel; on its way out the path grows at its front. */
class Uncarried extends Error {
  path = '';

  constructor(readonly what: string) {
    super(what);
  }
}

function carry(value: unknown, key: string, depth: number): unknown {
  switch (typeof value) {
    case 'object':
      if (value === null) return null;
      if (depth > deepest) throw new Uncarried(`nested deeper than ${deepest}, or in a circle`);
      return carryObject(value, key, depth);
    case 'bigint':
      if (BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value) return value;
      throw new Uncarried('a BigInt of more than 64 bits');
    case 'function':
    case 'symbol':
      throw new Uncarried(`a ${typeof value}`);
    default:
      return value;
  }
}

function carryObject(value: object, key: string, depth: number): unknown {
  if (ArrayBuffer.isView(value)) {
    if (Buffer.isBuffer(value)) return value;
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  if (types.isAnyArrayBuffer(value)) return Buffer.from(value);
  // What travels as it is has no say in it, as encoders do not look for a toJSON of every array.
  if (types.isDate(value)) return value.constructor === Date ? value : new Date(value.getTime());
  if (Array.isArray(value)) return carryList(value, depth);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') {
    const json: unknown = toJSON.call(value, key);
    if (json !== value) return carry(json, key, depth + 1);
  }
  if (types.isSet(value)) return carryList([...value], depth);
  if (types.isMap(value)) return carryMap(value, depth);
  if (types.isBoxedPrimitive(value)) return carry(value.valueOf(), key, depth);
  if (isError(value))
    return carryFields({ name: value.name, message: value.message, ...(value as object) }, depth);
  refuseOpaque(value);
  return carryFields(value, depth);
}

/** Errors of other realms, and of classes that were made before there was a word for it, too. */
function isError(value: object): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/**
 * A thing of the platform without fields, such as a Promise or a Blob: what it holds would be lost without a word. Not what
 * has the constructor of plain objects, such as Math: encoders ask no more of an object.
 */
function refuseOpaque(value: object): void {
  if (value.constructor === Object) return;
  const tag = tagOf(value);
  if (tag === '[object RegExp]' || (tag !== '[object Object]' && Object.keys(value).length === 0))
    throw new Uncarried(`a ${tag.slice('[object '.length, -1)}`);
}

function carryList(list: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const carried = carryAt(list[i], `[${i}]`, String(i), depth);
    if (!Object.is(carried, list[i])) copy ??= list.slice();
    if (copy) copy[i] = carried;
  }
  return copy ?? list;
}

function carryMap(map: ReadonlyMap<unknown, unknown>, depth: number): object {
  const entries: [string, unknown][] = [];
  for (const [key, item] of map) {
    if (key === null || !['string', 'number', 'boolean', 'bigint'].includes(typeof key))
      throw new Uncarried('a Map with a key that is neither text nor number');
    entries.push([
      carriedKey(String(key)),
      carryAt(item, `[${JSON.stringify(String(key))}]`, String(key), depth),
    ]);
  }
  return Object.fromEntries(entries);
}

function carryFields(value: object, depth: number): object {
  // Encoders ask an object's constructor of what kind it is.
  const prototype: unknown = Object.getPrototypeOf(value);
  let same = prototype === Object.prototype || prototype === null;
  const entries = Object.keys(value).map((key): [string, unknown] => {
    const item = (value as Record<string, unknown>)[key];
    const carried = carryAt(item, `.${key}`, key, depth);
    same &&= Object.is(carried, item) && key !== '__proto__';
    return [carriedKey(key), carried];
  });
  return same ? value : Object.fromEntries(entries);
}

/** No object that arrives has a key that an assignment would take for the prototype. */
function carriedKey(key: string): string {
  return key === '__proto__' ? '__proto_' : key;
}

function carryAt(item: unknown, step: string, key: string, depth: number): unknown {
  try {
    return carry(item, key, depth + 1);
  } catch (error) {
    if (error instanceof Uncarried) error.path = step + error.path;
    throw error;
  }
}

/**
 * Whether an encoder that knows plain objects, arrays, Dates and Buffers would write this object wrongly, so that
 * {@link carriedValue} must see it first.
 */
export function isOutOfTheOrdinary(value: object): boolean {
  if (value.constructor === Buffer || value.constructor === Date) return false;
  if (Array.isArray(value)) return false;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function' || value instanceof Error) return true;
  return tagOf(value) !== '[object Object]';
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}
