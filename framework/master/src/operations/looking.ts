import { type LogFilter, recordLevels } from '@pomelo-ts/cluster/masters';
import * as z from 'zod';
import type { Leader } from '../leadership/leader.js';
import type { LeaderAnswer } from '../leadership/leader-answer.js';
import type { HostFacts } from '../servers/host-facts.js';
import { operation } from './operation.js';
import { serverRow } from './shapes/server-row.js';
import { count, type Shape, text, texts } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** What operations that only look have in common. */
const look = { role: 'viewer', turn: { takes: 'nothing' }, changes: false, progress: noProgress } as const;

const leader = z.strictObject({
  host: text,
  port: count,
  pid: count,
  hostName: text,
  term: z.number(),
} satisfies Shape<Leader>);

export const readLeader = operation({
  ...look,
  args: z.strictObject({}),
  answer: z.strictObject({
    leads: z.boolean(),
    env: text,
    leader: leader.exactOptional(),
  } satisfies Shape<LeaderAnswer>),
  effect: 'Tells which master leads.',
  carryOut: ({ leads }) => leads,
  standby: ({ leads }) => leads,
});

export const listServers = operation({
  ...look,
  args: z.strictObject({}),
  answer: z.array(serverRow).readonly(),
  effect: 'Shows all servers and how they are.',
  carryOut: (master) => master.list(),
});

export const describeMaster = operation({
  ...look,
  args: z.strictObject({}),
  answer: serverRow,
  effect: 'Shows how the master itself is.',
  carryOut: (master) => master.describe(),
});

const hostFacts = z.strictObject({
  host: text,
  serverId: text,
  clockOffsetMs: z.int(),
  roundMs: count,
  node: text,
  hostname: text,
  openFiles: z.number().exactOptional(),
} satisfies Shape<HostFacts>);

export const askHosts = operation({
  ...look,
  args: z.strictObject({}),
  answer: z.array(hostFacts).readonly(),
  effect: 'Asks servers that run for the clock, the Node and the limits of their hosts.',
  carryOut: (master) => master.hosts(),
});

const position = z.strictObject({ offset: count, before: text });

/** Most texts of a filter, and the longest, in characters. */
const [mostTexts, longestText] = [20, 200];
const someWords = z.array(text.min(1).max(longestText)).max(mostTexts).readonly().exactOptional();
const filter = z.strictObject({
  words: someWords,
  without: someWords,
  level: z.enum(recordLevels).exactOptional(),
} satisfies Shape<LogFilter>);

export const readLog = operation({
  ...look,
  args: z.strictObject({
    /** A server, or `master`. */
    id: text,
    request: z.union([
      z.strictObject({ lines: count, filter: filter.exactOptional() }),
      z.strictObject({ after: position, filter: filter.exactOptional() }),
    ]),
  }),
  answer: z.strictObject({ lines: texts, next: position, more: z.boolean() }),
  effect:
    'Reads a part of the log of a server or of the master, at most 1000 lines and 256 KiB; where there is more, `next` is what to read on after.',
  carryOut: (master, { id, request }, { principal: { name, via } }) =>
    master.logs.logOf(id, request, `${via} ${name}`),
});
