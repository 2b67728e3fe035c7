import * as z from 'zod';
import type { EvaluatedCode } from '../servers/evaluating.js';
import type { CallAnswer } from '../servers/remote-calls.js';
import { operation } from './operation.js';
import { count, type Shape, text } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/**
 * Longest name of a method, most arguments of a call, and longest of them together as JSON, in characters: all of it stands in the audit
 * log, where nobody may hide what was asked for behind what is long.
 */
const [longestName, mostArgs, mostText] = [256, 32, 2500];
/** Shortest and longest time, and when nothing is said, in ms. */
const [shortestMs, longestMs, usualMs] = [100, 60_000, 5000];
/** Longest code, in characters: all of it stands in the audit log, escaped. */
const longestCode = 1900;

const some = { role: 'admin', turn: { takes: 'nothing' }, changes: true, progress: noProgress } as const;
const timeoutMs = z.int().min(shortestMs).max(longestMs).exactOptional();

export const callRemote = operation({
  ...some,
  args: z.strictObject({
    /** `type.remote.method`, such as `chat.chatRemote.count`. */
    method: text.max(longestName).regex(/^[^.\s]+\.[^.\s]+\.[^.\s]+$/, { error: 'type.remote.method' }),
    /** @default none */
    args: z
      .array(z.unknown())
      .max(mostArgs)
      .readonly()
      .refine((args) => JSON.stringify(args).length <= mostText, { error: `at most ${mostText} characters` })
      .exactOptional(),
    /** A server of that type. @default one that is ready, in turn */
    id: text.exactOptional(),
    timeoutMs,
  }),
  answer: z.strictObject({ id: text, value: z.unknown(), ms: count } satisfies Shape<CallAnswer>),
  effect: 'Calls a method of a remote of the game on a server, and shows what it answers.',
  carryOut: (master, { method, args = [], id, timeoutMs: ms = usualMs }) =>
    master.remotes.call({ method, args, id, timeoutMs: ms }),
});

export const evalCode = operation({
  ...some,
  needsProof: true,
  args: z.strictObject({
    id: text,
    /** An expression, or statements of which one returns something; `app` is the server’s. */
    code: text
      .min(1)
      .max(longestCode)
      .refine((code) => code.isWellFormed() && !unprintable.test(code), {
        error: 'text without control characters',
      }),
    /** What the lines of one sitting have in common: they share the names that they give. @default the code is alone */
    sitting: text.min(1).max(64).exactOptional(),
    timeoutMs,
  }),
  answer: z.strictObject({
    ended: z.enum(['value', 'error']),
    text,
  } satisfies Shape<EvaluatedCode>),
  effect: 'Carries out code in the process of a server, whatever that does to it and its players.',
  carryOut: (master, { id, timeoutMs: ms = usualMs, ...typed }) => {
    const [server] = master.select({ ids: [id] }) as [string];
    return master.evaluating.evaluate(server, { ...typed, timeoutMs: ms });
  },
});

/** Each takes six characters in the audit log, and is nothing that somebody types. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is those that are looked for
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f]/;
