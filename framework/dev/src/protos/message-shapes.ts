import { alternativesOf, type Contract, type Shape } from '@pomelo-ts/common/contract';
import { Unfit } from './unfit.js';

type Definitions = Contract['definitions'];

/** The one object shape that has room for all that `shape` may be; throws {@link Unfit} when it may be no object. */
export function asMessage(shape: Shape, definitions: Definitions, path: string): Shape {
  const members = alternativesOf(shape, definitions);
  for (const { type, additionalProperties } of members) {
    if (type === 'null') throw new Unfit(path, 'may be null, which protobuf cannot say');
    if (type !== 'object') throw new Unfit(path, 'is not always an object');
    if (additionalProperties) throw new Unfit(path, 'has properties of any name');
  }
  const [first, ...others] = members;
  if (!first) throw new Unfit(path, 'can never be');
  return others.reduce(merge, first);
}

/** What one or the other object has; what not both surely have may be absent. */
function merge(one: Shape, other: Shape): Shape {
  const properties: Record<string, Shape> = { ...one.properties };
  for (const [name, shape] of Object.entries(other.properties ?? {})) {
    const own = properties[name];
    properties[name] =
      own && JSON.stringify(own) !== JSON.stringify(shape)
        ? { ...withProto(own, shape), anyOf: [own, shape] }
        : shape;
  }
  const required = (one.required ?? []).filter((name) => other.required?.includes(name));
  return { type: 'object', properties, required };
}

/** The scalar that both are marked with, or the only one that is. */
function withProto(one: Shape, other: Shape): Shape {
  const proto = one.proto ?? other.proto;
  return proto === undefined ? {} : { proto };
}

/** The scalar that carries a value; undefined for lists and objects; throws {@link Unfit} where there is none. */
export function scalarOf(shape: Shape, definitions: Definitions, path: string): string | undefined {
  const members = alternativesOf(shape, definitions);
  const kinds = new Set(members.map((member) => member.type ?? typeof member.const));
  if (kinds.has('integer')) kinds.add('number').delete('integer');
  if (kinds.has('null')) throw new Unfit(path, 'may be null, which protobuf cannot say');
  if (kinds.has('undefined')) throw new Unfit(path, 'may be anything');
  if (kinds.size > 1) throw new Unfit(path, `is one of several: ${[...kinds].sort().join(', ')}`);
  if (kinds.has('object') || kinds.has('array')) return undefined;
  const proto = shape.proto ?? members.find((member) => member.proto !== undefined)?.proto;
  if (kinds.has('boolean') && proto !== 'bool')
    throw new Unfit(
      path,
      'is a boolean, which pomelo’s own clients do not know; @proto bool where no such client plays',
    );
  if (kinds.has('number')) return proto ?? numberScalar(members);
  return kinds.has('boolean') ? 'bool' : 'string';
}

/** Known whole numbers travel as such; any other as a double. */
function numberScalar(members: readonly Shape[]): string {
  const literals = members.map((member) => member.const);
  const largest = 2 ** 32;
  if (!literals.every((one) => typeof one === 'number' && Number.isInteger(one) && Math.abs(one) < largest))
    return 'double';
  return literals.every((one) => Number(one) >= 0) ? 'uInt32' : 'sInt32';
}
