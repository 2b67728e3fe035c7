import type { RunningValue, ServerConfig } from '@pomelo-ts/views';
import * as z from 'zod';
import type { RekeyResult } from '../secret/rekey.js';
import type { ConfigReloadResult } from '../servers/topology-operations.js';
import type { TopologyDiff, ValueChange } from '../topology/topology-diff.js';
import { toldBy } from './compared.js';
import { isUntried } from './grave.js';
import { operation } from './operation.js';
import { pacing } from './pacing.js';
import { count, type Shape, text, texts } from './shapes/shape.js';
import { noProgress, steps } from './shapes.js';

/** The values that an applied difference has changed, by their paths; servers that came or are gone are named. */
const changed = toldBy<ConfigReloadResult>(({ diff: { added, removed, changes } }) => ({
  was: someOf({ ...named('servers', removed), ...byPath(changes, 'from') }),
  is: someOf({ ...named('servers', added), ...byPath(changes, 'to') }),
}));

const named = (name: string, ids: readonly string[]) => (ids.length > 0 ? { [name]: ids } : {});
const byPath = (changes: readonly ValueChange[], side: 'from' | 'to') =>
  Object.fromEntries(changes.flatMap((one) => (one[side] === undefined ? [] : [[one.path, one[side]]])));
const someOf = (values: object) => (Object.keys(values).length > 0 ? values : undefined);

const valueChange = z.strictObject({
  path: text,
  from: z.unknown().optional(),
  to: z.unknown().optional(),
  need: z.enum(['live', 'restart', 'master', 'start', 'back', 'nothing']),
  ids: texts,
} satisfies Shape<ValueChange>);

const diff = z.strictObject({
  digest: text,
  added: texts,
  removed: texts,
  changes: z.array(valueChange).readonly(),
  restart: texts,
  waiting: texts,
  back: texts,
} satisfies Shape<TopologyDiff>);

export const readConfig = operation({
  role: 'viewer',
  changes: false,
  progress: noProgress,
  turn: { takes: 'nothing' },
  args: z.strictObject({}),
  answer: diff,
  effect: 'Has the master read its files again, and tells what is different in them.',
  carryOut: (master) => master.changes.plan(),
});

const runningValue = z.strictObject({
  path: text,
  value: z.unknown(),
  from: text,
  now: z.strictObject({ value: z.unknown().optional(), from: text }).exactOptional(),
}) satisfies z.ZodType<RunningValue>;

export const readServerConfig = operation({
  role: 'viewer',
  changes: false,
  progress: noProgress,
  turn: { takes: 'nothing' },
  args: z.strictObject({ id: text }),
  answer: z.strictObject({
    values: z.array(runningValue).readonly(),
    problem: text.exactOptional(),
  } satisfies Shape<ServerConfig>),
  effect:
    'Shows what a server runs with, without secrets, where each value came from, and what the files say by now where that is different.',
  carryOut: (master, { id }) => master.configs.of(id),
});

export const applyConfig = operation({
  role: 'admin',
  changes: true,
  progress: steps,
  turn: { takes: 'everything' },
  args: z.strictObject({
    /** Names the difference that was looked at: no other one is applied. */
    digest: text.exactOptional(),
    /** Whether servers that need it are restarted. */
    restart: z.boolean().exactOptional(),
    ...pacing,
  }),
  answer: z.strictObject({
    diff,
    started: texts,
    stopped: texts,
    restarted: texts,
    needRestart: texts,
    down: z.array(z.strictObject({ id: text, reason: text })).readonly(),
    failure: text.exactOptional(),
  } satisfies Shape<ConfigReloadResult>),
  compare: changed,
  effect: 'Applies what the files say now: starts what is new, stops what is gone, changes what can change.',
  // which ones are restarted is known only when the files were read
  provesWhen: { when: '`restart` is given', holds: ({ restart = false }) => restart },
  takesTwo: (how) => how.restart === true && isUntried(how),
  carryOut: (master, how, { onProgress }) => master.changes.apply(how, onProgress),
});

export const reloadSecret = operation({
  role: 'admin',
  changes: true,
  needsProof: true,
  progress: noProgress,
  turn: { takes: 'everything' },
  args: z.strictObject({}),
  answer: z.strictObject({ secrets: count, servers: count } satisfies Shape<RekeyResult>),
  effect: 'Has the master read its secrets again, and tells all servers their new keys.',
  carryOut: (master) => master.rekey(),
  standby: (master) => master.rekey(),
});
