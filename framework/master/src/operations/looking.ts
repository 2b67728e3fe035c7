import { type LogFilter, type LogPart, mostAround, recordLevels } from '@pomelo-ts/cluster/masters';
import * as z from 'zod';
import type { Leader } from '../leadership/leader.js';
import type { LeaderAnswer } from '../leadership/leader-answer.js';
import type { HostFacts } from '../servers/host-facts.js';
import { operation } from './operation.js';
import { hostPage } from './shapes/host-page.js';
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

export const describeHost = operation({
  ...look,
  args: z.strictObject({
    /** As the topology names it. */
    host: text,
  }),
  answer: hostPage,
  effect:
    'Shows a host: its servers with their processes and how they have ended, its load and memory, the disks of its logs and state, and what is wrong there.',
  carryOut: (master, { host }) => master.hostPages.of(host),
});

const position = z.strictObject({ offset: count, before: text });

/** Most texts of a filter, and the longest, in characters. */
const [mostTexts, longestText] = [20, 200];
/** Most regular expressions: each costs far more than a text. */
const mostPatterns = 3;
const someWords = z.array(text.min(1).max(longestText)).max(mostTexts).readonly().exactOptional();
const somePatterns = z.array(text.min(1).max(longestText)).max(mostPatterns).readonly().exactOptional();
const filter = z.strictObject({
  words: someWords,
  without: someWords,
  patterns: somePatterns,
  withoutPatterns: somePatterns,
  level: z.enum(recordLevels).exactOptional(),
  around: count.max(mostAround).exactOptional(),
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
  answer: z.strictObject({
    lines: texts,
    marks: text.exactOptional(),
    next: position,
    more: z.boolean(),
  } satisfies Shape<LogPart>),
  effect:
    'Reads a part of the log of a server or of the master, at most 1000 lines and 256 KiB; where there is more, `next` is what to read on after.',
  carryOut: (master, { id, request }, { principal: { name, via } }) =>
    master.logs.logOf(id, request, `${via} ${name}`),
});
