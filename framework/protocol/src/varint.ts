/** The largest message id: pomelo's clients and servers compute with 32-bit shifts. */
export const largestMessageId = 0x7fffffff;

/** Bytes of a whole number from 0 to 2^53-1 in groups of seven bits. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  if (value < 0x10000000) return 4;
  let bytes = 5;
  for (let rest = Math.floor(value / 0x800000000); rest > 0; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}

/**
 * Writes a whole number from 0 to 2^53-1, low seven bits first, and returns the offset after it.
 * Shifts serve up to 31 bits; above, only arithmetic is exact.
 */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest > 0x7fffffff) {
    target[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest > 0x7f) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}
