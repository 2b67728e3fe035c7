import { allocateBytes } from '../bytes.js';
import { ProtocolError } from '../errors.js';
import { ByteWriter } from './byte-writer.js';
import { ProtobufDecoder } from './decoder.js';
import { ProtobufEncoder } from './encoder.js';
import { type MessagePlan, PlanMaker } from './plan.js';
import type { ParsedProtos } from './schema.js';

const firstCapacity = 1024;
/** A writer that had to grow beyond this is not kept. */
const keptCapacity = 64 * 1024;

/** Settings of a {@link ProtobufCodec}. */
export interface ProtobufCodecOptions {
  /**
   * Whether a body in which a required field is absent is refused when it is read, as it is when it is written. Servers
   * want that of their clients. Pomelo does not look, on either side. Default false.
   */
  readonly strict?: boolean;
}

/**
 * Pomelo's protobuf for the messages of one file: a server encodes with the server protos and decodes with the client protos.
 *
 * @example
 * const codec = new ProtobufCodec(parseProtos({ onMove: { 'required uInt32 x': 1 } }));
 * codec.encode('onMove', { x: 300 }); // 08 ac02
 */
export class ProtobufCodec {
  readonly #protos: ParsedProtos;
  readonly #plans = new Map<string, MessagePlan | undefined>();
  readonly #maker: PlanMaker;
  readonly #strict: boolean;
  #writer: ByteWriter | undefined;

  /** The parsed form comes from {@link parseProtos} or from a handshake; a fault in it shows when the message is first used. */
  constructor(protos: ParsedProtos, { strict = false }: ProtobufCodecOptions = {}) {
    this.#protos = protos;
    this.#strict = strict;
    this.#maker = new PlanMaker(protos);
    for (const key of Object.keys(protos)) if (!key.startsWith('message ')) this.#plans.set(key, undefined);
  }

  has(route: string): boolean {
    return this.#plans.has(route);
  }

  /**
   * New bytes for the value; none for a value without known fields. Fields lie in the order of the value's properties.
   * `undefined` and null count as absent. Whole numbers may be strings of digits; fractions are cut off.
   *
   * @throws ProtocolError `PROTOBUF_REQUIRED`, `PROTOBUF_VALUE` (both with the path), `PROTOBUF_DEPTH`, `PROTOBUF_ROUTE`, `PROTOBUF_SCHEMA`
   */
  encode(route: string, value: unknown): Uint8Array {
    const plan = this.#plan(route);
    const writer = this.#writer ?? new ByteWriter(firstCapacity);
    this.#writer = undefined;
    writer.length = 0;
    new ProtobufEncoder(writer, route).message(plan, value, 1);
    const bytes = allocateBytes(writer.length);
    bytes.set(writer.bytes.subarray(0, writer.length));
    if (writer.bytes.length <= keptCapacity) this.#writer = writer;
    return bytes;
  }

  /**
   * The value in `bytes` from `start` to `end`. As in pomelo, absent fields are absent from it, required ones too unless
   * the codec is strict.
   *
   * @throws ProtocolError `PROTOBUF_REQUIRED` (when strict, with the path), `PROTOBUF_TAG`, `PROTOBUF_TRUNCATED`, `PROTOBUF_VARINT`, `PROTOBUF_COUNT`, `PROTOBUF_DEPTH`, `PROTOBUF_ROUTE`, `PROTOBUF_SCHEMA`
   */
  decode(route: string, bytes: Uint8Array, start: number, end: number): unknown {
    return new ProtobufDecoder(bytes, start, route, this.#strict).message(this.#plan(route), end, 1);
  }

  /** The parsed form, as the handshake carries it. */
  toJSON(): ParsedProtos {
    return this.#protos;
  }

  #plan(route: string): MessagePlan {
    const known = this.#plans.get(route);
    if (known !== undefined) return known;
    const message = this.has(route) ? this.#protos[route] : undefined;
    if (message === undefined) throw new ProtocolError('PROTOBUF_ROUTE', { route });
    const plan = this.#maker.plan(message, route);
    this.#plans.set(route, plan);
    return plan;
  }
}
