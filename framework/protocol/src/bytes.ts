/** The part of Node's Buffer that is used where it exists. Declared here: this package has no Node types, it runs in browsers. */
interface BufferBytes extends Uint8Array {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
}
interface BufferApi {
  from(text: string, encoding: 'utf8'): Uint8Array;
  allocUnsafe(size: number): Uint8Array;
  prototype: BufferBytes;
}

/** Node's Buffer, or undefined in a browser (also where a bundler's polyfill lacks the fast methods). */
export const nodeBuffer: BufferApi | undefined = findBuffer();

function findBuffer(): BufferApi | undefined {
  const candidate = (globalThis as { Buffer?: BufferApi }).Buffer;
  return typeof candidate?.prototype?.utf8Slice === 'function' ? candidate : undefined;
}

/**
 * Bytes that the caller fills completely. On Node they come from Buffer's pool, which is several times cheaper than a
 * new ArrayBuffer for each small message; what was in them before must never reach a peer.
 */
export const allocateBytes: (size: number) => Uint8Array = nodeBuffer
  ? (size) => nodeBuffer.allocUnsafe(size)
  : (size) => new Uint8Array(size);
