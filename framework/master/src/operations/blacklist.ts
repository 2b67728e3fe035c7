import * as z from 'zod';
import type { BlacklistAnswer, BlacklistRow } from '../blacklist.js';
import { stateOf } from './compared.js';
import { isWide } from './grave.js';
import { operation } from './operation.js';
import { count, type Shape, someTexts, text, texts } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** Most networks of one change, and of one page; longest network as a text, and longest reason, in characters. */
const [most, usualPage] = [1000, 100];
const [longestNetwork, longestReason] = [64, 100];
/** Shortest and longest time, in ms: a year. */
const [shortestMs, longestMs] = [1000, 366 * 24 * 3_600_000];

const network = text.min(1).max(longestNetwork);
const networks = someTexts
  .refine((list) => list.length <= most, { error: `at most ${most} networks` })
  .refine((list) => list.every((one) => one.length <= longestNetwork), {
    error: `networks of at most ${longestNetwork} characters`,
  });

const some = { turn: { takes: 'nothing' }, progress: noProgress } as const;

/** The entries of these networks now, by their networks. */
const entries = stateOf<{ readonly networks: readonly string[] }>(({ blacklist }, asked) => {
  const there = blacklist.entriesOf(asked.networks).map(({ network: of, ...entry }) => [of, entry] as const);
  return there.length > 0 ? Object.fromEntries(there) : undefined;
});

const change: z.ZodType<BlacklistAnswer> = z.strictObject({
  networks: texts,
  told: texts,
  silent: z.array(z.strictObject({ id: text, reason: text })).readonly(),
} satisfies Shape<BlacklistAnswer>);

export const addToBlacklist = operation({
  ...some,
  role: 'operator',
  changes: true,
  args: z.strictObject({
    /** Addresses, and networks such as `192.0.2.0/24` or `2001:db8::/32`. */
    networks,
    reason: text.min(1).max(longestReason).exactOptional(),
    /** @default until they are taken off */
    forMs: z.int().min(shortestMs).max(longestMs).exactOptional(),
    /** Also networks that frontends of this cluster are in. */
    force: z.boolean().exactOptional(),
  }),
  answer: change,
  compare: entries,
  effect:
    'Has all frontends refuse clients from these addresses, and close those that are connected; the next master goes on with it.',
  takesTwo: ({ networks: asked }) => Array.isArray(asked) && isWide(asked),
  carryOut: (master, asked, { principal }) =>
    master.blacklist.add({ ...asked, by: `${principal.name} (${principal.via})` }),
});

export const removeFromBlacklist = operation({
  ...some,
  role: 'operator',
  changes: true,
  args: z.strictObject({ networks }),
  answer: change,
  compare: entries,
  effect: 'Lets clients from these addresses come again.',
  carryOut: (master, asked) => master.blacklist.remove(asked.networks),
});

const row: z.ZodType<BlacklistRow> = z.strictObject({
  network: text,
  reason: text.exactOptional(),
  by: text,
  since: z.number(),
  until: z.number().exactOptional(),
} satisfies Shape<BlacklistRow>);

export const listBlacklist = operation({
  ...some,
  role: 'viewer',
  changes: false,
  personal: true,
  args: z.strictObject({
    /** Those alone that have this address or network in them. */
    within: network.exactOptional(),
    /** How many of the newest are left out. */
    offset: count.exactOptional(),
    limit: z.int().min(1).max(most).exactOptional(),
  }),
  answer: z.strictObject({ entries: z.array(row).readonly(), total: count }),
  effect: 'Shows the addresses that no client may come from, the newest first.',
  carryOut: (master, { within, offset = 0, limit = usualPage }) =>
    master.blacklist.list({ within, offset, limit }),
});
