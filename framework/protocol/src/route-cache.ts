import { decodeUtf8 } from './text.js';

const slotCount = 256;

/**
 * Gives the text of route bytes without making a new string each time: a game has few routes and hears them for ever.
 * Each slot keeps the last route that fell into it, so that a client who sends random routes costs only misses.
 */
export class RouteCache {
  readonly #bytes: (Uint8Array | undefined)[] = new Array(slotCount).fill(undefined);
  readonly #texts: string[] = new Array(slotCount).fill('');

  text(bytes: Uint8Array, start: number, end: number): string {
    let hash = end - start;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const slot = (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (slotCount - 1);
    const known = this.#bytes[slot];
    if (known !== undefined && sameBytes(known, bytes, start, end)) return this.#texts[slot] as string;
    const text = decodeUtf8(bytes, start, end);
    this.#bytes[slot] = new Uint8Array(bytes.subarray(start, end));
    this.#texts[slot] = text;
    return text;
  }
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = known.length;
  if (length !== end - start) return false;
  for (let i = 0; i < length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}
