import { parseDuration, parseSize } from '@pomelo-ts/common';
import * as z from 'zod';

/*
 * The kinds of field that configuration files have. The `error` of each says what was expected; `problems.ts` adds
 * file, path and value.
 */

const positive = '(?=.*[1-9])\\d+(?:\\.\\d+)?\\s*';
const durationPattern = new RegExp(`^${positive}(?:ms|s|m|h|d)$`);
const sizePattern = new RegExp(`^${positive}(?:B|KB|MB|GB|KiB|MiB|GiB)$`);

const durationExpected = 'a duration with its unit, such as "500ms", "30s" or "2m"';
const sizeExpected = 'a size with its unit, such as "64KiB" or "1MiB", or a number of bytes above 0';

/** Longer waits are none for the system's timers: they would be over at once. */
const longestMs = 24 * 86_400_000;

/** A duration text, read as milliseconds. */
export const duration = () =>
  z
    .string({ error: durationExpected })
    .regex(durationPattern, { error: durationExpected })
    .transform((text) => parseDuration(text)!)
    .refine((ms) => ms <= longestMs, { error: 'a duration of at most 24d' });

/** A duration text or `false` for "never". */
export const durationOrFalse = () =>
  z.union([z.literal(false), duration()], { error: `${durationExpected}, or false` });

/** A size text or a number of bytes, read as bytes. */
export const bytes = (max = Number.MAX_SAFE_INTEGER) =>
  z
    .union([z.string().regex(sizePattern, { error: sizeExpected }), integer(1, Number.MAX_SAFE_INTEGER)], {
      error: sizeExpected,
    })
    .transform((size) => (typeof size === 'string' ? parseSize(size)! : size))
    .refine((size) => size <= max, { error: `at most ${max} bytes` });

/** More clients than any process has: no system lets one open so many files. */
export const mostClients = 2 ** 31 - 1;

/** A whole number within bounds, both of which somebody has thought of: one more than the largest safe number is none more. */
export const integer = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

/** A port a server may be told to listen on; 0 would let the system choose, and then nobody could find it. */
export const port = () => {
  const error = 'a port from 1 to 65535';
  return z.int({ error }).min(1, { error }).max(65535, { error }).meta({ title: 'port' });
};

/** Text that is not empty. The system takes none with a NUL, neither as a path nor for a process. */
export const text = (expected = 'a text') =>
  z
    .string({ error: expected })
    .min(1, { error: expected })
    .refine(hasNoNul, { error: `${expected} without NUL` });

/** Whether a text has no NUL, which would end it for the system. */
export const hasNoNul = (given: string): boolean => !given.includes('\0');

/** `true` or `false`; pomelo's own files also write them as texts. */
export const flag = () =>
  z
    .union([z.boolean(), z.literal('true'), z.literal('false')], { error: 'true or false' })
    .transform((value) => value === true || value === 'true');

/** A list whose items are all of one kind. */
export const listOf = <T extends z.ZodType>(item: T, expected: string) => z.array(item, { error: expected });

/** One of a few words. */
export const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `one of ${words.map((word) => JSON.stringify(word)).join(', ')}` });

/** An object that has these fields and no others. */
export const section = <T extends z.core.$ZodShape>(shape: T) =>
  z.strictObject(shape, { error: 'an object' });

/** Checks that one heartbeat that is late or lost is not taken for silence. */
export function atLeastTwice(
  { heartbeat, heartbeatTimeout }: { readonly heartbeat: number; readonly heartbeatTimeout: number },
  context: z.RefinementCtx,
): void {
  if (heartbeatTimeout >= 2 * heartbeat) return;
  context.addIssue({
    code: 'custom',
    path: ['heartbeatTimeout'],
    message: `at least twice heartbeat, ${(2 * heartbeat) / 1000}s`,
  });
}
