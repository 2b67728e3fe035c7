/** Turns arguments and answers into bytes and back. Every codec writes MessagePack, so that any two can talk. */
export interface RpcCodec {
  /** Name for logs, such as `msgpackr`. */
  readonly name: string;
  /** The bytes of `value`; `undefined` is written as nil. Throws when a part cannot be written. */
  encode(value: unknown): Uint8Array;
  /** The value in `bytes[start..end)`. Throws on anything that is not exactly one value. */
  decode(bytes: Buffer, start: number, end: number): unknown;
}
