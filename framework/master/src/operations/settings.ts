import * as z from 'zod';
import type { RekeyResult } from '../secret/rekey.js';
import type { ConfigReloadResult } from '../servers/topology-operations.js';
import type { TopologyDiff, ValueChange } from '../topology/topology-diff.js';
import { operation } from './operation.js';
import { pacing } from './pacing.js';
import { count, type Shape, text, texts } from './shapes/shape.js';
import { noProgress, steps } from './shapes.js';

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
  effect: 'Applies what the files say now: starts what is new, stops what is gone, changes what can change.',
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
