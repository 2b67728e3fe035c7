import * as z from 'zod';
import type { AccountRow } from '../accounts/account.js';
import type { Commanded } from './commanded.js';
import { stateOf } from './compared.js';
import { operation } from './operation.js';
import { newName } from './shapes/new-name.js';
import { count, type Shape, text } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** Of an account that there is: older rules let other names be, too. */
const name = text.min(1).max(64);
const role = text.min(1).max(64);

/** What operations on accounts have in common. */
const admin = { role: 'admin', turn: { takes: 'nothing' }, progress: noProgress } as const;
const change = { ...admin, changes: true, needsProof: true } as const;
/** The role that an account has now. */
const roleOf = ({ accounts }: Commanded, meant: string): string | undefined =>
  accounts.rows.find((account) => account.name === meant)?.role;

/** What an account may do now. */
const standing = stateOf<{ readonly name: string }>(({ accounts }, meant) => {
  const row = accounts.rows.find((account) => account.name === meant.name);
  return row && { role: row.role, disabled: row.disabled };
});

const accountRow: z.ZodType<AccountRow> = z.strictObject({
  name: text,
  role: text,
  secondFactor: z.boolean(),
  disabled: z.boolean(),
  invited: z.boolean(),
  lockedUntil: count.exactOptional(),
  lastSignIn: count.exactOptional(),
} satisfies Shape<AccountRow>);

/** The token is the part of the link that nobody guesses: `https://<admin>/#setup=<token>`. */
const link = z.strictObject({ token: text });

export const listAccounts = operation({
  ...admin,
  changes: false,
  args: z.strictObject({}),
  answer: z.array(accountRow).readonly(),
  effect: 'Shows who may sign in to the admin.',
  carryOut: ({ accounts }) => accounts.rows,
});

export const addAccount = operation({
  ...change,
  args: z.strictObject({ name: newName, role }),
  answer: link,
  reaches: (_, asked) => [asked.role],
  compare: standing,
  effect: 'Lets somebody sign in, who sets a password by a link that is good for an hour.',
  carryOut: async ({ accounts }, asked) => ({ token: await accounts.add(asked.name, asked.role) }),
});

export const changeAccount = operation({
  ...change,
  args: z.strictObject({ name, role: role.exactOptional(), disabled: z.boolean().exactOptional() }),
  answer: z.null(),
  reaches: (master, asked) => [roleOf(master, asked.name), asked.role],
  compare: standing,
  effect: 'Changes what an account may do, or whether it may sign in; its sessions end.',
  carryOut: async ({ accounts }, { name: meant, ...to }) => {
    await accounts.change(meant, to);
    return null;
  },
});

export const removeAccount = operation({
  ...change,
  args: z.strictObject({ name }),
  answer: z.null(),
  reaches: (master, asked) => [roleOf(master, asked.name)],
  compare: standing,
  effect: 'Removes an account; its sessions end.',
  carryOut: async ({ accounts }, asked) => {
    await accounts.remove(asked.name);
    return null;
  },
});

export const linkAccount = operation({
  ...change,
  args: z.strictObject({ name }),
  answer: link,
  reaches: (master, asked) => [roleOf(master, asked.name)],
  effect:
    'Makes a link, good for an hour, by which a new password is set; the second factor is set up anew, too.',
  carryOut: async ({ accounts }, asked) => ({ token: await accounts.link(asked.name) }),
});

const session = z.strictObject({
  id: text,
  name: text,
  address: text,
  begun: count,
  lastUse: count,
});

export const listSessions = operation({
  ...admin,
  changes: false,
  personal: true,
  args: z.strictObject({}),
  answer: z.array(session).readonly(),
  effect: 'Shows who is signed in to the admin, since when and from where.',
  carryOut: ({ accounts }) =>
    accounts.sessions.all.map(({ id, name: of, address, begun, lastUse }) => ({
      id,
      name: of,
      address,
      begun,
      lastUse,
    })),
});

export const revokeSession = operation({
  ...admin,
  changes: true,
  args: z.strictObject({ id: text }),
  answer: z.strictObject({ ended: count }),
  reaches: (master, { id }) =>
    master.accounts.sessions.all
      .filter((one) => one.id === id)
      .map((one) => one.role ?? roleOf(master, one.name)),
  compare: stateOf<{ readonly id: string }>(({ accounts }, { id }) => {
    const session = accounts.sessions.all.find((one) => one.id === id);
    return session && { name: session.name };
  }),
  effect: 'Ends a session of the admin; whoever had it has to sign in again.',
  carryOut: ({ accounts }, { id }) => ({ ended: accounts.sessions.end((one) => one.id === id) }),
});
