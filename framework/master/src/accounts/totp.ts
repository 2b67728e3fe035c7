import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Seconds that one code counts, and its digits: what all authenticator apps take for granted. */
const stepSeconds = 30;
const digits = 6;
/** Codes of so many steps before and after count, too: clocks differ. */
const drift = 1;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret for codes of one time (RFC 6238), in base32 as apps take it. */
export const newTotpSecret = (): string => toBase32(randomBytes(20));

/** What an app reads from a QR code; the format is that of Google Authenticator's "Key URI". */
export const totpUri = (secret: string, account: string, issuer: string): string =>
  `otpauth://totp/${encodeURIComponent(`${issuer}:${account}`)}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;

/** The code of a moment. @param at milliseconds since 1970 */
export const totpAt = (secret: string, at: number): string => codeOfStep(secret, stepOf(at));

/**
 * The step that a code belongs to, if it counts now and its step is later than `after`: a code that was used is none any more.
 */
export function totpStep(secret: string, code: string, at: number, after = -1): number | undefined {
  const given = Buffer.from(code);
  const now = stepOf(at);
  for (let step = now - drift; step <= now + drift; step++) {
    const right = Buffer.from(codeOfStep(secret, step));
    if (step > after && right.length === given.length && timingSafeEqual(right, given)) return step;
  }
  return undefined;
}

const stepOf = (at: number): number => Math.floor(at / 1000 / stepSeconds);

/** RFC 4226, section 5.3. */
function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = mac[mac.length - 1]! & 15;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

function toBase32(bytes: Buffer): string {
  let [text, bits, held] = ['', 0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text;
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const letter of text) {
    held = ((held << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
  }
  return Buffer.from(bytes);
}
