import { ProtocolError, type ProtocolErrorCode, type ProtocolErrorFacts } from '../errors.js';
import { decodeUtf8 } from '../text.js';
import { type FieldPlan, type Kind, kind, type MessagePlan, shape, type ValuePlan } from './plan.js';
import { deepestMessage, setOwn } from './schema.js';
import { within } from './within.js';

/** Fewest bytes that a value of each kind takes, to judge an announced count by. */
const leastBytes: Record<Kind, number> = [1, 1, 1, 4, 8, 1, 1];

/**
 * Decodes the body of one message. Every step consumes bytes and every count is checked against the bytes that are left,
 * so work and memory are proportional to the body. Wire types are not looked at: pomelo's browser client writes others than its server.
 */
export class ProtobufDecoder {
  readonly #bytes: Uint8Array;
  readonly #route: string;
  readonly #strict: boolean;
  #at: number;
  #view: DataView | undefined;

  /** Strict: a required field that is absent is a fault. */
  constructor(bytes: Uint8Array, start: number, route: string, strict: boolean) {
    this.#bytes = bytes;
    this.#at = start;
    this.#route = route;
    this.#strict = strict;
  }

  message(plan: MessagePlan, end: number, depth: number): Record<string, unknown> {
    if (depth > deepestMessage) throw this.#fault('PROTOBUF_DEPTH', { limit: deepestMessage });
    const into: Record<string, unknown> = {};
    while (this.#at < end) {
      const start = this.#at;
      const tag = Math.floor(this.#unsigned(end) / 8);
      const field = plan.tags.get(tag);
      // What follows an unknown tag cannot be measured, since wire types are not to be trusted.
      if (field === undefined) throw this.#fault('PROTOBUF_TAG', { tag, at: start });
      try {
        this.#field(field, into, end, depth);
      } catch (error) {
        throw within(error, stepTo(field, into));
      }
    }
    if (this.#strict) this.#check(plan, into);
    return into;
  }

  #check({ required }: MessagePlan, message: Record<string, unknown>): void {
    for (const name of required) {
      if (!Object.hasOwn(message, name)) throw this.#fault('PROTOBUF_REQUIRED', { path: name });
    }
  }

  #field(field: FieldPlan, into: Record<string, unknown>, end: number, depth: number): void {
    const { name } = field;
    if (field.shape === shape.single) {
      setOwn(into, name, this.#value(field, end, depth));
      return;
    }
    const before = Object.hasOwn(into, name) ? into[name] : undefined;
    const content = before ?? emptyOf(field);
    if (before === undefined) setOwn(into, name, content);
    if (field.shape === shape.each) {
      (content as unknown[]).push(this.#value(field, end, depth));
    } else if (field.shape === shape.counted) {
      const count = this.#count(end, leastBytes[field.kind]);
      for (let i = 0; i < count; i++) (content as unknown[]).push(this.#value(field, end, depth));
    } else {
      this.#pairs(field, content as Map<unknown, unknown> | Record<string, unknown>, end, depth);
    }
  }

  #pairs(
    field: FieldPlan,
    into: Map<unknown, unknown> | Record<string, unknown>,
    end: number,
    depth: number,
  ): void {
    const keys = field.key as ValuePlan;
    const values = field.value as ValuePlan;
    const count = this.#count(end, leastBytes[keys.kind] + leastBytes[values.kind]);
    for (let i = 0; i < count; i++) {
      const key = this.#value(keys, end, depth);
      const value = this.#value(values, end, depth);
      if (into instanceof Map) into.set(key, value);
      else setOwn(into, String(key), value);
    }
  }

  #count(end: number, least: number): number {
    const at = this.#at;
    const count = this.#unsigned(end);
    if (count * least > end - this.#at) throw this.#fault('PROTOBUF_COUNT', { count, at });
    return count;
  }

  #value(plan: ValuePlan, end: number, depth: number): unknown {
    switch (plan.kind) {
      case kind.unsigned:
        return this.#unsigned(end);
      case kind.signed:
        return this.#signed(end);
      case kind.bool:
        return this.#unsigned(end) !== 0;
      case kind.float: {
        const at = this.#advance(4, end);
        return this.#dataView().getFloat32(at, true);
      }
      case kind.double: {
        const at = this.#advance(8, end);
        return this.#dataView().getFloat64(at, true);
      }
      case kind.string: {
        const length = this.#unsigned(end);
        const at = this.#advance(length, end);
        return decodeUtf8(this.#bytes, at, at + length);
      }
      case kind.message: {
        const length = this.#unsigned(end);
        if (length > end - this.#at) throw this.#fault('PROTOBUF_TRUNCATED', { at: this.#at });
        return this.message(plan.message as MessagePlan, this.#at + length, depth + 1);
      }
    }
  }

  #unsigned(end: number): number {
    const first = this.#byte(end);
    return first < 0x80 ? first : this.#rest(first & 0x7f, 0x80, end, Number.MAX_SAFE_INTEGER);
  }

  #signed(end: number): number {
    const first = this.#byte(end);
    const negative = first & 1;
    const low = (first >> 1) & 0x3f;
    const half = first < 0x80 ? low : this.#rest(low, 0x40, end, Number.MAX_SAFE_INTEGER - negative);
    return negative === 1 ? -half - 1 : half;
  }

  /** The bytes of a number after its first; `factor` is the worth of the next bit. */
  #rest(low: number, factor: number, end: number, largest: number): number {
    const start = this.#at - 1;
    let value = low;
    for (let worth = factor; this.#at - start < 8; worth *= 0x80) {
      const byte = this.#byte(end);
      value += (byte & 0x7f) * worth;
      if (byte < 0x80) {
        if (value > largest) break;
        return value;
      }
    }
    throw this.#fault('PROTOBUF_VARINT', { at: start });
  }

  #byte(end: number): number {
    if (this.#at >= end) throw this.#fault('PROTOBUF_TRUNCATED', { at: this.#at });
    return this.#bytes[this.#at++] as number;
  }

  #advance(count: number, end: number): number {
    const at = this.#at;
    if (count > end - at) throw this.#fault('PROTOBUF_TRUNCATED', { at });
    this.#at = at + count;
    return at;
  }

  #dataView(): DataView {
    const bytes = this.#bytes;
    this.#view ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this.#view;
  }

  #fault(code: ProtocolErrorCode, facts: ProtocolErrorFacts): ProtocolError {
    return new ProtocolError(code, { route: this.#route, ...facts });
  }
}

/** Where in its message the value lies that is being read. */
function stepTo({ name, shape: form }: FieldPlan, into: Record<string, unknown>): string {
  return form === shape.each ? `${name}[${(into[name] as unknown[]).length}]` : name;
}

function emptyOf(field: FieldPlan): unknown {
  if (field.shape === shape.map) return new Map();
  return field.shape === shape.obj ? {} : [];
}
