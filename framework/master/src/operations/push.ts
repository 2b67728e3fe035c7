import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import * as z from 'zod';
import type { PushAnswer, PushTarget } from '../servers/pushes.js';
import type { Commanded } from './commanded.js';
import { operation } from './operation.js';
import { count, type Shape, someTexts, text } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** Most uids or sessions of one push, and pushes of one request; longest route and name, in characters. */
const most = 1000;
const mostAtOnce = 200;
const longestName = 256;

const name = text.min(1).max(longestName);
const target: z.ZodType<PushTarget> = z.union([
  z.strictObject({
    uids: z
      .array(z.union([name, z.number()]))
      .min(1)
      .max(most)
      .readonly(),
  }),
  z.strictObject({
    sessions: someTexts.refine((list) => list.length <= most, { error: `at most ${most} sessions` }),
  }),
  z.strictObject({ channel: name, server: name.exactOptional() }),
  z.strictObject({ type: name }),
  z.strictObject({ all: z.literal(true) }),
]);

const push = z.strictObject({
  to: target,
  /** What clients listen for, such as `onMail`. */
  route: name,
  body: z.unknown(),
});
const outcome = z.strictObject({
  delivered: count,
  failed: count,
  silent: z.array(z.strictObject({ id: text, reason: text })).readonly(),
} satisfies Shape<PushAnswer>);
const error = z.strictObject({ error: z.strictObject({ code: text, message: text }) });

const reachesMany = (to: PushTarget): boolean => 'all' in to || 'type' in to;

/** It changes nothing of the cluster, and comes thousands of times a second: it is counted, and not a line of the audit log. */
export const sendPush = operation({
  role: 'operator',
  changes: false,
  turn: { takes: 'nothing' },
  progress: noProgress,
  args: push,
  answer: outcome,
  provesWhen: { when: 'it goes to all, or all of a type', holds: ({ to }) => reachesMany(to) },
  effect: 'Sends a push to users, sessions, a channel, all clients of a type of servers, or everybody.',
  carryOut: send,
});

/** For programs that have many at once: a request of each would cost both ends far more than the pushes. */
export const sendPushes = operation({
  role: 'operator',
  changes: false,
  turn: { takes: 'nothing' },
  progress: noProgress,
  args: z.strictObject({ pushes: z.array(push).min(1).max(mostAtOnce).readonly() }),
  answer: z.strictObject({ answers: z.array(z.union([outcome, error])).readonly() }),
  provesWhen: {
    when: 'one of them goes to all, or all of a type',
    holds: ({ pushes }) => pushes.some(({ to }) => reachesMany(to)),
  },
  effect: `Sends up to ${mostAtOnce} pushes, each as by itself, and tells of each what came of it.`,
  carryOut: async (master, { pushes }) => ({
    answers: await Promise.all(pushes.map((one) => send(master, one).catch(toldOf))),
  }),
});

async function send(master: Commanded, { to, route, body }: z.infer<typeof push>): Promise<PushAnswer> {
  requireKnown(master, to);
  return master.pushes.send({ to, route, body });
}

function toldOf(failure: unknown): z.infer<typeof error> {
  const code = isPomeloError(failure) ? failure.code : 'ERROR';
  return { error: { code, message: reasonOf(failure) } };
}

/** @throws SERVER_NOT_IN_TOPOLOGY where there is no such server or type: one that is only away is another thing */
function requireKnown(master: Commanded, to: PushTarget): void {
  if ('type' in to) master.select({ types: [to.type] });
  if ('channel' in to && to.server !== undefined) master.select({ ids: [to.server] });
}
