import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Bytes of a nonce. */
export const nonceBytes = 16;

/** A fresh nonce in hex, for one handshake. */
export function newNonce(): string {
  return randomBytes(nonceBytes).toString('hex');
}

/**
 * Proof that `side` has `key`: HMAC-SHA256 in hex over the side's name, both nonces and what it says of itself.
 * Each part is length-prefixed, so no two lists of parts give one text.
 */
export function prove(key: Buffer, side: 'dialer' | 'listener' | 'store', parts: readonly string[]): string {
  const mac = createHmac('sha256', key);
  for (const part of [side, ...parts]) mac.update(`${Buffer.byteLength(part)}:${part}`);
  return mac.digest('hex');
}

/** Compares two proofs in constant time. */
export function sameProof(expected: string, got: unknown): boolean {
  if (typeof got !== 'string' || got.length !== expected.length) return false;
  return timingSafeEqual(
    Buffer.from(expected, 'latin1'),
    Buffer.from(got.replace(/[^0-9a-f]/g, 'x'), 'latin1'),
  );
}
