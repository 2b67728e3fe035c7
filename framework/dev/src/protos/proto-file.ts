import { alternativesOf, type Contract, definitionOf, type Shape } from '@pomelo-ts/common/contract';
import { asMessage, scalarOf } from './message-shapes.js';
import { Unfit } from './unfit.js';

/** pomelo's form of a message: `"<option> <type> <name>": tag`, and messages inside it. */
export interface ProtoMessage {
  [key: string]: number | ProtoMessage;
}

/** Makes clientProtos.json or serverProtos.json. Fields that an earlier file has keep their numbers. */
export class ProtoFile {
  readonly #definitions: Contract['definitions'];
  readonly #known: Known;
  readonly #messages: ProtoMessage = {};

  constructor(definitions: Contract['definitions'], known: unknown) {
    this.#definitions = definitions;
    this.#known = knownOf(known);
  }

  /** Adds the message of a route; throws {@link Unfit}. */
  add(route: string, shape: Shape): void {
    this.#messages[route] = this.#message(shape, knownOf(this.#known.messages[route]), '', []);
  }

  toObject(): ProtoMessage {
    return this.#messages;
  }

  #message(shape: Shape, known: Known, path: string, around: readonly Shape[]): ProtoMessage {
    const nested: ProtoMessage = {};
    const fields: ProtoMessage = {};
    let next = Math.max(0, ...Object.values(known.tags)) + 1;
    for (const [name, one] of Object.entries(shape.properties ?? {})) {
      const here = path === '' ? name : `${path}.${name}`;
      if (/\s/.test(name) || name.startsWith('__'))
        throw new Unfit(here, 'has a name that protos cannot say');
      const required = shape.required?.includes(name) ?? false;
      const { option, element } = this.#option(one, required, here);
      const scalar = scalarOf(element, this.#definitions, here);
      const type = scalar ?? this.#nest(name, element, nested, known, here, around);
      fields[`${option} ${type} ${name}`] = known.tags[name] ?? next++;
    }
    return { ...nested, ...fields };
  }

  /** A list is repeated, and its element is what has a type. */
  #option(shape: Shape, required: boolean, path: string): { option: string; element: Shape } {
    const members = alternativesOf(shape, this.#definitions);
    const lists = members.filter(({ type }) => type === 'array');
    if (lists.length === 0) return { option: required ? 'required' : 'optional', element: shape };
    const { items, prefixItems } = lists[0]!;
    if (members.length > 1) throw new Unfit(path, 'is a list or something else');
    if (!items || prefixItems) throw new Unfit(path, 'is a list whose elements have their own types each');
    if (required)
      throw new Unfit(path, 'must be there, but an empty list is absent in protobuf: make it optional');
    const isList = alternativesOf(items, this.#definitions).some(({ type }) => type === 'array');
    if (isList) throw new Unfit(path, 'is a list of lists');
    return { option: 'repeated', element: items };
  }

  /** Declares the message of an object beside the field that has it; gives its name. */
  #nest(
    name: string,
    shape: Shape,
    nested: ProtoMessage,
    known: Known,
    path: string,
    around: readonly Shape[],
  ): string {
    const members = alternativesOf(shape, this.#definitions);
    if (members.some((one) => around.includes(one))) throw new Unfit(path, 'leads back to itself');
    const before = known.types[name];
    const inner = knownOf(
      before === undefined
        ? undefined
        : (known.messages[`message ${before}`] ?? this.#known.messages[`message ${before}`]),
    );
    const message = this.#message(asMessage(shape, this.#definitions, path), inner, path, [
      ...around,
      ...members,
    ]);
    const wanted = before ?? definitionOf(shape) ?? name[0]!.toUpperCase() + name.slice(1);
    let free = wanted;
    for (let i = 2; Object.hasOwn(nested, `message ${free}`); i++) {
      if (JSON.stringify(nested[`message ${free}`]) === JSON.stringify(message)) return free;
      free = `${wanted}${i}`;
    }
    nested[`message ${free}`] = message;
    return free;
  }
}

/** What an earlier file says of one message. */
interface Known {
  /** By field. */
  readonly tags: Readonly<Record<string, number>>;
  readonly types: Readonly<Record<string, string>>;
  /** By their keys in the file. */
  readonly messages: Readonly<Record<string, unknown>>;
}

function knownOf(json: unknown): Known {
  const known = {
    tags: {} as Record<string, number>,
    types: {} as Record<string, string>,
    messages: {} as Record<string, unknown>,
  };
  if (typeof json !== 'object' || json === null) return known;
  for (const [key, value] of Object.entries(json)) {
    const [, type, name] = key.split(' ');
    if (typeof value === 'number' && type !== undefined && name !== undefined) {
      known.tags[name] = value;
      known.types[name] = type;
    } else known.messages[key] = value;
  }
  return known;
}
