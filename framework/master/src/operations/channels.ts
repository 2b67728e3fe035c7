import * as z from 'zod';
import {
  type ChannelRow,
  findChannels,
  findMembers,
  longestChannelName,
  type MemberRow,
  type SilentServer,
} from '../servers/channels.js';
import { operation } from './operation.js';
import { count, type Shape, text } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** Most channels or members that are shown, and when nothing is said. */
const [most, usual] = [1000, 100];

const look = { role: 'viewer', changes: false, turn: { takes: 'nothing' }, progress: noProgress } as const;
export const silent = z
  .array(z.strictObject({ id: text, reason: text } satisfies Shape<SilentServer>))
  .readonly();
const limit = z.int().min(1).max(most).exactOptional();

const channel = z.strictObject({ name: text, server: text, members: count } satisfies Shape<ChannelRow>);

export const listChannels = operation({
  ...look,
  args: z.strictObject({
    /** What their names begin with. @default all */
    prefix: text.max(longestChannelName).exactOptional(),
    limit,
  }),
  answer: z.strictObject({ channels: z.array(channel).readonly(), total: count, silent }),
  effect: 'Shows channels with how many are in each, the largest first.',
  carryOut: (master, { prefix = '', limit: wanted = usual }) => findChannels(master.pushes, prefix, wanted),
});

const member: z.ZodType<MemberRow> = z.strictObject({
  frontendId: text,
  uid: z.union([text, z.number()]).exactOptional(),
  sessionId: text.exactOptional(),
} satisfies Shape<MemberRow>);

export const channelMembers = operation({
  ...look,
  personal: true,
  args: z.strictObject({ name: text.min(1).max(longestChannelName), limit }),
  answer: z.strictObject({
    channels: z
      .array(z.strictObject({ server: text, total: count, members: z.array(member).readonly() }))
      .readonly(),
    silent,
  }),
  effect: 'Shows who is in the channels of a name; each server may have one of its own.',
  carryOut: (master, { name, limit: wanted = usual }) => findMembers(master.pushes, name, wanted),
});
