import type { RpcCodec } from '@pomelo-ts/rpc';
import msgpack from 'msgpack-lite';

/** Deepest nesting accepted: msgpack-lite itself has no bound but the stack. */
const maxDepth = 512;

const givenPrototypes = new Set<unknown>([
  Object.prototype,
  Date.prototype,
  Error.prototype,
  RegExp.prototype,
]);

/**
 * RPC codec over msgpack-lite 0.1.26, for clusters that keep it. Slower than the default, same bytes on the wire.
 * What msgpack-lite lets pass is refused here: bytes after the value, and `__proto__` as a key.
 */
export function msgpackLiteCodec(): RpcCodec {
  return {
    name: 'msgpack-lite',
    encode: (value) => msgpack.encode(value === undefined ? null : value),
    decode(bytes, start, end) {
      const decoder = msgpack.Decoder();
      decoder.write(bytes.subarray(start, end));
      const value: unknown = decoder.fetch();
      if (hasMore(decoder)) throw new RangeError('bytes follow the value');
      checkSafe(value, 0);
      return value;
    },
  };
}

function hasMore(decoder: object): boolean {
  const { offset, buffer } = decoder as { offset: number; buffer?: { length: number } };
  return buffer !== undefined && offset < buffer.length;
}

function checkSafe(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  if (depth > maxDepth) throw new RangeError(`nested deeper than ${maxDepth}`);
  if (Array.isArray(value)) {
    for (const item of value) checkSafe(item, depth + 1);
    return;
  }
  // Its decoder assigns keys, so a key `__proto__` shows as a prototype that no codec gives.
  if (!givenPrototypes.has(Object.getPrototypeOf(value)))
    throw new TypeError('a key __proto__ is not accepted');
  for (const item of Object.values(value)) checkSafe(item, depth + 1);
}
