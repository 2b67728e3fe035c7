import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A text that nobody guesses: 256 bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is kept of a token; it is long and random, so no slow hash is needed. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Whether two hashes are the same, in a time that tells nothing of where they differ. */
export const sameHash = (a: string, b: string): boolean => {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
};
