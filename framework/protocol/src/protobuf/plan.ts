import { ProtocolError } from '../errors.js';
import {
  fieldOf,
  fieldsOf,
  isScalar,
  messageOf,
  type ParsedMessage,
  type ParsedProtos,
  type ScalarType,
} from './schema.js';

/** How one value lies on the wire. Small integers: the encoder and decoder switch on them for every field. */
export const kind = { unsigned: 0, signed: 1, bool: 2, float: 3, double: 4, string: 5, message: 6 } as const;
export type Kind = (typeof kind)[keyof typeof kind];

/** How a field lies on the wire: once, counted (repeated numbers), once for each element, or counted key-value pairs. */
export const shape = { single: 0, counted: 1, each: 2, map: 3, obj: 4 } as const;
export type Shape = (typeof shape)[keyof typeof shape];

export interface ValuePlan {
  readonly kind: Kind;
  readonly message: MessagePlan | undefined;
}

export interface FieldPlan extends ValuePlan {
  readonly name: string;
  readonly shape: Shape;
  /** Tag and wire type, as one number. */
  readonly head: number;
  /** Of a map or obj. */
  readonly key: ValuePlan | undefined;
  readonly value: ValuePlan | undefined;
}

export interface MessagePlan {
  readonly fields: Map<string, FieldPlan>;
  readonly tags: Map<number, FieldPlan>;
  readonly required: string[];
}

const kindOf: Record<ScalarType, Kind> = {
  uInt32: kind.unsigned,
  uInt64: kind.unsigned,
  // Zigzag as well: pomelo's int32 is not the two's complement of Google's.
  int32: kind.signed,
  sInt32: kind.signed,
  sInt64: kind.signed,
  bool: kind.bool,
  float: kind.float,
  double: kind.double,
  string: kind.string,
};

const wireType: Record<Kind, number> = [0, 0, 0, 5, 1, 2, 2];

/** Resolves names once, so that encoding and decoding look nothing up but a field. */
export class PlanMaker {
  readonly #protos: ParsedProtos;
  readonly #made = new Map<ParsedMessage, MessagePlan>();

  constructor(protos: ParsedProtos) {
    this.#protos = protos;
  }

  /** @throws ProtocolError `PROTOBUF_SCHEMA` when a field of the message, or of one it uses, has a type that is not there */
  plan(root: ParsedMessage, path: string): MessagePlan {
    const waiting: [ParsedMessage, MessagePlan][] = [];
    const shell = (message: ParsedMessage): MessagePlan => {
      let plan = this.#made.get(message);
      if (plan === undefined) {
        plan = { fields: new Map(), tags: new Map(), required: [] };
        this.#made.set(message, plan);
        waiting.push([message, plan]);
      }
      return plan;
    };
    const whole = shell(root);
    // A list, not recursion: messages may name each other in a ring, and a hostile server may send a long chain.
    try {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        this.#fill(next[0], next[1], shell, path);
      }
    } catch (error) {
      // Half-filled plans must not be found the next time.
      this.#made.clear();
      if (error instanceof ProtocolError) throw error;
      // A handshake may bring anything in place of the parsed form.
      throw schemaFault(path, error instanceof Error ? error.message : String(error));
    }
    return whole;
  }

  #fill(
    message: ParsedMessage,
    plan: MessagePlan,
    shell: (message: ParsedMessage) => MessagePlan,
    path: string,
  ): void {
    const value = (type: string): ValuePlan => {
      if (isScalar(type)) return { kind: kindOf[type], message: undefined };
      const found = messageOf(this.#protos, message, type);
      if (found === undefined) throw schemaFault(path, `there is no type ${type}`);
      return { kind: kind.message, message: shell(found) };
    };
    for (const [name, { option, type, tag }] of fieldsOf(message)) {
      const own = value(type);
      const entry = option === 'map' || option === 'obj' ? messageOf(this.#protos, message, type) : undefined;
      const field: FieldPlan = {
        ...own,
        name,
        shape: shapeOf(option, own.kind),
        head: tag * 8 + wireType[own.kind],
        key: entry && value(fieldOf(entry, 'key')?.type ?? 'of the key'),
        value: entry && value(fieldOf(entry, 'value')?.type ?? 'of the value'),
      };
      if (field.shape >= shape.map && (field.key === undefined || field.key.kind === kind.message)) {
        throw schemaFault(path, `${name} is no ${option}`);
      }
      plan.fields.set(name, field);
      plan.tags.set(tag, field);
      if (option === 'required') plan.required.push(name);
    }
  }
}

function shapeOf(option: string, kindOfValue: Kind): Shape {
  if (option === 'map') return shape.map;
  if (option === 'obj') return shape.obj;
  if (option !== 'repeated') return shape.single;
  return kindOfValue < kind.string ? shape.counted : shape.each;
}

function schemaFault(path: string, reason: string): ProtocolError {
  return new ProtocolError('PROTOBUF_SCHEMA', { path, reason });
}
