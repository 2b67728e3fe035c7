import * as z from 'zod';
import { type TraceEnd, type TraceLine, type TraceNews, traceKinds } from '../servers/traces.js';
import type { DescribedSession, DescribedUser, UserAnswer, UserSession } from '../servers/users.js';
import { operation } from './operation.js';
import { count, type Shape, text } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** Longest uid, and longest reason that a client is told, in characters. */
const longestUid = 256;
const longestReason = 200;

const session = z.strictObject({
  frontendId: text,
  sessionId: text,
  address: text.exactOptional(),
} satisfies Shape<UserSession>);

const answer: z.ZodType<UserAnswer> = z.strictObject({
  sessions: z.array(session).readonly(),
  silent: z.array(z.strictObject({ id: text, reason: text })).readonly(),
} satisfies Shape<UserAnswer>);

const uid = text.min(1).max(longestUid);
const some = { turn: { takes: 'nothing' }, progress: noProgress, answer } as const;

export const findUser = operation({
  ...some,
  role: 'viewer',
  changes: false,
  personal: true,
  args: z.strictObject({
    /** A uid of the game; digits alone also mean the uid that is that number. */
    uid,
  }),
  effect: 'Shows where a user is connected, and from which address.',
  carryOut: (master, asked) => master.users.find(asked.uid),
});

const described: z.ZodType<DescribedUser> = z.strictObject({
  sessions: z
    .array(
      z.strictObject({
        frontendId: text,
        sessionId: text,
        address: text.exactOptional(),
        since: z.number(),
        queue: count,
        requests: count,
      } satisfies Shape<DescribedSession>),
    )
    .readonly(),
  channels: z.array(z.strictObject({ name: text, server: text })).readonly(),
  silent: z.array(z.strictObject({ id: text, reason: text })).readonly(),
} satisfies Shape<DescribedUser>);

export const describeUser = operation({
  ...some,
  answer: described,
  role: 'viewer',
  changes: false,
  personal: true,
  args: z.strictObject({ uid }),
  effect: 'Shows the sessions of a user, since when and from where, and the channels that they are in.',
  carryOut: (master, asked) => master.users.describe(asked.uid),
});

export const kickUser = operation({
  ...some,
  role: 'operator',
  changes: true,
  args: z.strictObject({ uid, reason: text.min(1).max(longestReason).exactOptional() }),
  effect: 'Ends all sessions of a user; the clients are told the reason, and may come back.',
  carryOut: (master, { uid: asked, reason = 'kick' }) => master.users.kick(asked, reason),
});

/** Most uids of one question. */
const mostUids = 1000;
const uids = z
  .array(z.union([uid, z.number()]))
  .min(1)
  .max(mostUids)
  .readonly();

const look = { role: 'viewer', changes: false, turn: { takes: 'nothing' }, progress: noProgress } as const;

export const onlineUsers = operation({
  ...look,
  args: z.strictObject({ uids }),
  answer: z.strictObject({ online: z.array(z.union([text, z.number()])).readonly() }),
  effect: 'Shows which of some users are connected.',
  carryOut: async (master, asked) => ({ online: await master.pushes.online(asked.uids) }),
});

export const countUsers = operation({
  ...look,
  args: z.strictObject({}),
  answer: z.strictObject({ uids: count, connections: count }),
  effect: 'Shows how many users have a session, and how many clients are connected.',
  carryOut: (master) => master.pushes.count(),
});

/** Shortest and longest time of a trace, and when nothing is said, in ms. */
const [shortestMs, longestMs, usualMs] = [1000, 3_600_000, 300_000];

const traceLine = z.strictObject({
  at: z.number(),
  server: text,
  kind: z.enum(traceKinds),
  what: text,
  session: text.exactOptional(),
  code: text.exactOptional(),
  ms: z.number().exactOptional(),
  bytes: count.exactOptional(),
} satisfies Shape<TraceLine>);

const traceNews: z.ZodType<TraceNews> = z.strictObject({
  lines: z.array(traceLine).readonly(),
  lost: count,
  silent: z.array(text).readonly().exactOptional(),
} satisfies Shape<TraceNews>);

export const traceUser = operation({
  role: 'viewer',
  changes: false,
  personal: true,
  turn: { takes: 'nothing' },
  args: z.strictObject({
    uid,
    /** @default five minutes */
    forMs: z.int().min(shortestMs).max(longestMs).exactOptional(),
  }),
  progress: traceNews,
  answer: z.strictObject({
    ended: z.enum(['time', 'full', 'gone']),
    lines: count,
    lost: count,
  } satisfies Shape<TraceEnd>),
  effect:
    'Tells, as it happens, each request, answer and push of a user and what becomes of their sessions, on all servers.',
  carryOut: (master, { uid: asked, forMs = usualMs }, { onProgress, gone, principal: { name, via } }) =>
    master.traces.trace({ uid: asked, forMs, tell: onProgress, gone, who: `${via} ${name}` }),
});
