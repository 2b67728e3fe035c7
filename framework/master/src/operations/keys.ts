import * as z from 'zod';
import type { ApiKeyRow } from '../accounts/api-keys.js';
import { stateOf } from './compared.js';
import { operation } from './operation.js';
import { newName } from './shapes/new-name.js';
import { type Shape, text } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** Requests a second that a key may make, when nothing else is said, and at most. */
const [usualRate, highestRate] = [100, 50_000];
const longestDays = 3650;

const admin = { role: 'admin', turn: { takes: 'nothing' }, progress: noProgress } as const;

const keyRow: z.ZodType<ApiKeyRow> = z.strictObject({
  id: text,
  name: text,
  role: text,
  expires: z.number().exactOptional(),
  rate: z.number(),
  lastUse: z.number().exactOptional(),
} satisfies Shape<ApiKeyRow>);

/** What a key is good for now; one that is made is known by its answer. */
const worth = stateOf<object>(({ accounts }, asked, answer) => {
  const { id } = { ...asked, ...(answer ?? {}) } as { readonly id?: string };
  const row = accounts.keys.rows.find((key) => key.id === id);
  if (!row) return undefined;
  const { lastUse: _, ...told } = row;
  return told;
});

export const listKeys = operation({
  ...admin,
  changes: false,
  args: z.strictObject({}),
  answer: z.array(keyRow).readonly(),
  effect: 'Shows the keys by which other programs ask.',
  carryOut: ({ accounts }) => accounts.keys.rows,
});

export const createKey = operation({
  ...admin,
  changes: true,
  needsProof: true,
  args: z.strictObject({
    name: newName,
    role: text.min(1).max(64),
    /** @default it does not end by itself */
    days: z.int().min(1).max(longestDays).exactOptional(),
    /** Requests a second. */
    rate: z.int().min(1).max(highestRate).exactOptional(),
  }),
  answer: z.strictObject({ id: text, key: text }),
  reaches: (_, asked) => [asked.role],
  compare: worth,
  effect: 'Makes a key for another program, which is shown this once.',
  carryOut: ({ accounts }, { rate = usualRate, ...asked }) => {
    accounts.requireRole(asked.role);
    return accounts.keys.create({ ...asked, rate });
  },
});

export const revokeKey = operation({
  ...admin,
  changes: true,
  args: z.strictObject({ id: text }),
  answer: z.null(),
  reaches: ({ accounts }, { id }) =>
    accounts.keys.rows.filter((key) => key.id === id).map(({ role }) => role),
  compare: worth,
  effect: 'Makes a key of another program worth nothing, at once.',
  carryOut: async ({ accounts }, { id }) => {
    await accounts.keys.revoke(id);
    return null;
  },
});
