import { describe, ProtocolError } from '../errors.js';
import type { ByteWriter } from './byte-writer.js';
import { type FieldPlan, kind, type MessagePlan, shape, type ValuePlan } from './plan.js';
import { deepestMessage } from './schema.js';
import { within } from './within.js';

/** Encodes one value. Made for each call, so that a getter in the value that encodes something else does no harm. */
export class ProtobufEncoder {
  readonly #writer: ByteWriter;
  readonly #route: string;

  constructor(writer: ByteWriter, route: string) {
    this.#writer = writer;
    this.#route = route;
  }

  /** Writes the fields in the order of the value's own properties, as pomelo does; unknown properties are passed over. */
  message(plan: MessagePlan, value: unknown, depth: number): void {
    if (depth > deepestMessage) {
      throw new ProtocolError('PROTOBUF_DEPTH', { route: this.#route, limit: deepestMessage });
    }
    if (!isRecord(value)) throw this.#wrong('', 'an object', value);
    for (const name of plan.required) {
      if (!Object.hasOwn(value, name) || value[name] === undefined || value[name] === null) {
        throw new ProtocolError('PROTOBUF_REQUIRED', { route: this.#route, path: name });
      }
    }
    for (const name in value) {
      const field = plan.fields.get(name);
      if (field === undefined || !Object.hasOwn(value, name)) continue;
      const content = value[name];
      if (content !== undefined && content !== null) this.#field(field, content, depth);
    }
  }

  #field(field: FieldPlan, content: unknown, depth: number): void {
    switch (field.shape) {
      case shape.single:
        this.#writer.unsigned(field.head);
        this.#value(field, content, field.name, depth);
        break;
      case shape.counted:
      case shape.each:
        this.#elements(field, content, depth);
        break;
      case shape.map:
        if (!(content instanceof Map)) throw this.#wrong(field.name, 'a Map', content);
        this.#pairs(field, content, content.size, depth);
        break;
      case shape.obj: {
        if (!isRecord(content)) throw this.#wrong(field.name, 'an object', content);
        const pairs = Object.entries(content);
        if (pairs.length > 0) this.#pairs(field, pairs, pairs.length, depth);
      }
    }
  }

  #elements(field: FieldPlan, content: unknown, depth: number): void {
    if (!isList(content)) throw this.#wrong(field.name, 'an array', content);
    const count = content.length;
    if (count === 0) return;
    const counted = field.shape === shape.counted;
    if (counted) {
      this.#writer.unsigned(field.head);
      this.#writer.unsigned(count);
    }
    for (let i = 0; i < count; i++) {
      if (!counted) this.#writer.unsigned(field.head);
      try {
        this.#value(field, content[i], '', depth);
      } catch (error) {
        throw within(error, `${field.name}[${i}]`);
      }
    }
  }

  #pairs(field: FieldPlan, pairs: Iterable<[unknown, unknown]>, count: number, depth: number): void {
    this.#writer.unsigned(field.head);
    this.#writer.unsigned(count);
    for (const [key, value] of pairs) {
      try {
        this.#value(field.key as ValuePlan, key, '', depth);
        this.#value(field.value as ValuePlan, value, '', depth);
      } catch (error) {
        throw within(error, `${field.name}[${typeof key === 'number' ? key : JSON.stringify(String(key))}]`);
      }
    }
  }

  #value(plan: ValuePlan, value: unknown, name: string, depth: number): void {
    const writer = this.#writer;
    switch (plan.kind) {
      case kind.unsigned:
        writer.unsigned(this.#whole(value, 0, name));
        break;
      case kind.signed:
        writer.signed(this.#whole(value, -Number.MAX_SAFE_INTEGER, name));
        break;
      case kind.bool:
        if (typeof value !== 'boolean' && typeof value !== 'number')
          throw this.#wrong(name, 'a boolean', value);
        writer.unsigned(value ? 1 : 0);
        break;
      case kind.float:
        writer.float(this.#number(value, name));
        break;
      case kind.double:
        writer.double(this.#number(value, name));
        break;
      case kind.string:
        if (typeof value !== 'string') throw this.#wrong(name, 'a string', value);
        writer.text(value);
        break;
      case kind.message:
        this.#nested(plan.message as MessagePlan, value, name, depth);
        break;
    }
  }

  #nested(plan: MessagePlan, value: unknown, name: string, depth: number): void {
    const start = this.#writer.startBlock();
    try {
      this.message(plan, value, depth + 1);
    } catch (error) {
      throw within(error, name);
    }
    this.#writer.endBlock(start);
  }

  /** Cuts fractions off and takes digits in a string, as pomelo's `parseInt` does; refuses what that gets wrong. */
  #whole(value: unknown, least: number, name: string): number {
    const number = typeof value === 'bigint' ? Number(value) : this.#number(value, name);
    const whole = Math.trunc(number);
    if (whole >= least && whole <= Number.MAX_SAFE_INTEGER) return whole;
    throw this.#wrong(name, `a whole number from ${least} to ${Number.MAX_SAFE_INTEGER}`, value);
  }

  #number(value: unknown, name: string): number {
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && value.trim() !== '') {
      const number = Number(value);
      if (!Number.isNaN(number)) return number;
    }
    throw this.#wrong(name, 'a number', value);
  }

  #wrong(path: string, expected: string, value: unknown): ProtocolError {
    return new ProtocolError('PROTOBUF_VALUE', {
      route: this.#route,
      path,
      expected,
      actual: describe(value),
    });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}
