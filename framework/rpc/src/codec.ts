/**
 * Turns arguments and answers into bytes and back. Every codec writes MessagePack, so that any two can talk. What becomes
 * of values that MessagePack does not know is the same in all of them: write what `carriedValue` makes of a value. Whole
 * numbers beyond 32 bits are written as floats, BigInts as integers of 64 bits; Dates as the standard timestamp.
 */
export interface RpcCodec {
  /** Name for logs, such as `msgpackr`. */
  readonly name: string;
  /**
   * The bytes of `value`, which no later call changes; `undefined` is written as nil. Throws when a part cannot be
   * written.
   */
  encode(value: unknown): Uint8Array;
  /** The value in `bytes[start..end)`. Throws on anything that is not exactly one value. */
  decode(bytes: Buffer, start: number, end: number): unknown;
}
