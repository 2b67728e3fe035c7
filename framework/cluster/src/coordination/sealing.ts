import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const cipherName = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Makes a text one that nobody reads who has not `key`: AES-256-GCM with a key of its own that is made of it, in base64. Of one key so
 * many random nonces are good as there will never be changes (2^32, NIST SP 800-38D).
 *
 * @param place where it is kept: it is opened for no other one
 */
export function seal(key: Buffer, place: string, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(cipherName, sealingKey(key), nonce).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64');
}

/** What {@link seal} was given. @throws Error when it was sealed with another key, for another place, or changed since */
export function unseal(key: Buffer, place: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv(cipherName, sealingKey(key), nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(place))
    .setAuthTag(bytes.subarray(-tagBytes));
  const body = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  return Buffer.concat([body, decipher.final()]).toString('utf8');
}

/** The key that signs does not seal: each has one use. */
const sealingKey = (key: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', 'pomelo-ts store seal', keyBytes));
