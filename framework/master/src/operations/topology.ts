import type { ServerEntry } from '@pomelo-ts/cluster';
import * as z from 'zod';
import type { ClaimAnswer } from '../external/claims.js';
import { whenItCutsMany } from './grave.js';
import { operation } from './operation.js';
import { someTexts, text, texts } from './shapes/shape.js';
import { noProgress, steps } from './shapes.js';

/** What operations that change which servers there are have in common. */
const change = { role: 'admin', changes: true, progress: steps } as const;

export const addServers = operation({
  ...change,
  needsProof: true, // options of node can be any code
  args: z.strictObject({
    /** Lists of servers by type, as servers.json has them. */
    servers: z.record(text, z.unknown()),
  }),
  answer: z.strictObject({ added: texts }),
  turn: { takes: 'topology', which: () => [] },
  effect: 'Adds servers to the cluster, for later masters too, and starts them.',
  carryOut: async (master, { servers }, { widen, onProgress }) => ({
    added: await master.changes.add(servers, widen, onProgress),
  }),
});

export const restoreServers = operation({
  ...change,
  args: z.strictObject({ ids: someTexts }),
  answer: z.strictObject({ added: texts }),
  turn: { takes: 'topology', which: ({ ids }) => ids },
  effect: 'Brings back servers of the configuration that were removed, and starts them.',
  carryOut: async (master, { ids }, { onProgress }) => ({
    added: await master.changes.restore(ids, onProgress),
  }),
});

export const removeServers = operation({
  ...change,
  args: z.strictObject({ ids: someTexts }),
  answer: z.strictObject({ killed: texts }),
  provesWhen: whenItCutsMany,
  turn: { takes: 'topology', which: ({ ids }, master) => master.select({ ids }) },
  effect: 'Stops the servers and takes them out of the cluster, for later masters too.',
  carryOut: async (master, _, { servers, onProgress }) => ({
    killed: await master.changes.remove(servers, onProgress),
  }),
});

/** An entry has fields of its own that only the game knows. */
const entry = z.looseObject({
  id: text,
  type: text,
  host: text,
  frontend: z.boolean(),
}) as unknown as z.ZodType<ServerEntry>;

export const claimServer = operation({
  role: 'operator',
  changes: true,
  progress: noProgress,
  args: z.strictObject({
    id: text.exactOptional(),
    type: text.exactOptional(),
    /** Boot id of the process that is to begin. */
    bootId: text.min(1),
  }),
  answer: z.union([
    z.strictObject({ granted: entry }),
    z.strictObject({ taken: text }),
  ]) satisfies z.ZodType<ClaimAnswer>,
  turn: { takes: 'servers', which: (wish, master) => master.claims.meant(wish) },
  hadEffect: (answer) => 'granted' in answer,
  effect: 'Gives a server away to a process that something else starts.',
  carryOut: (master, wish) => master.claims.claim(wish),
});

export const releaseServer = operation({
  role: 'operator',
  changes: true,
  progress: noProgress,
  args: z.strictObject({ id: text, bootId: text }),
  answer: z.strictObject({}),
  turn: { takes: 'nothing' },
  effect: 'Takes back a server from a process that has ended before it joined.',
  carryOut: (master, { id, bootId }) => {
    master.claims.release(id, bootId);
    return {};
  },
});
