import { logLevels } from '@pomelo-ts/common';
import * as z from 'zod';
import type { LogLevelAnswer } from '../servers/log-levels.js';
import type { ReloadRow } from '../servers/reload.js';
import { longestWatchMs } from '../servers/restart-how.js';
import type { Selection } from '../topology/selection.js';
import type { Commanded } from './commanded.js';
import { toldBy } from './compared.js';
import { endsAll, isUntried, whenItCutsMany } from './grave.js';
import { operation } from './operation.js';
import { pacing } from './pacing.js';
import { type Shape, text, texts } from './shapes/shape.js';
import { noProgress, selection, steps } from './shapes.js';

/** What operations on some servers have in common. */
const some = {
  role: 'operator',
  turn: {
    takes: 'servers',
    which: ({ ids, types, hosts }: Selection, master: Commanded) =>
      master.select({ ...(ids && { ids }), ...(types && { types }), ...(hosts && { hosts }) }),
  },
  changes: true,
  progress: steps,
} as const;

export const startServers = operation({
  ...some,
  args: z.strictObject(selection),
  answer: z.strictObject({ started: texts }),
  effect: 'Starts those of the servers that do not run.',
  carryOut: async (master, { ids }, { servers, onProgress }) => ({
    started: await master.servers.start(servers, ids ?? [], onProgress),
  }),
});

export const stopServers = operation({
  ...some,
  args: z.strictObject(selection),
  answer: z.strictObject({ killed: texts }),
  effect: 'Stops the servers, and leaves them stopped until somebody starts them.',
  provesWhen: whenItCutsMany,
  takesTwo: endsAll,
  carryOut: async (master, _, { servers, onProgress }) => ({
    killed: await master.servers.stop(servers, onProgress),
  }),
});

export const restartServers = operation({
  ...some,
  args: z.strictObject({ ...selection, ...pacing }),
  answer: z.strictObject({ restarted: texts }),
  effect: 'Restarts the servers, one of each type first, and ends at the first that does not stay.',
  long: {},
  provesWhen: whenItCutsMany,
  takesTwo: isUntried, // all players meet code that no server has tried
  carryOut: async (master, { trial = true, watchMs, atOnce }, { servers, course, onProgress }) => {
    const how = { ...(watchMs !== undefined && { watchMs }), ...(atOnce !== undefined && { atOnce }) };
    return { restarted: await master.servers.restart(servers, { trial, ...how }, course, onProgress) };
  },
});

const reloadRow = z.strictObject({
  id: text,
  swapped: texts,
  removed: texts,
  needRestart: texts,
  contract: z.enum(['unknown', 'same', 'compatible', 'broken']),
  untried: z.literal(true).exactOptional(),
} satisfies Shape<ReloadRow>);

export const reloadServers = operation({
  ...some,
  args: z.strictObject({
    ...selection,
    watchMs: z.number().min(0).max(longestWatchMs).exactOptional(),
    force: z.boolean().exactOptional(),
  }),
  answer: z.strictObject({ servers: z.array(reloadRow).readonly() }),
  effect: 'Has the servers take new code into use while their connections stay.',
  long: {
    takeBack: (master, operation, onProgress) => master.servers.takeBack(operation, onProgress),
  },
  carryOut: async (master, { watchMs, force = false }, { servers, course, onProgress }) => {
    const how = { force, ...(watchMs !== undefined && { watchMs }) };
    return { servers: await master.servers.reload(servers, how, course, onProgress) };
  },
});

export const drainServers = operation({
  ...some,
  args: z.strictObject({
    ...selection,
    /** Also when no other server of their type takes new work. */
    force: z.boolean().exactOptional(),
  }),
  answer: z.strictObject({ drained: texts }),
  effect:
    'Has the servers keep what they have and be sent nothing new, until they are undrained, stopped or restarted.',
  carryOut: async (master, { ids, force = false }, { servers, onProgress }) => ({
    drained: await master.draining.drain(servers, ids ?? [], { force }, onProgress),
  }),
});

export const undrainServers = operation({
  ...some,
  args: z.strictObject(selection),
  answer: z.strictObject({ undrained: texts }),
  effect: 'Has those of the servers that drain take new work again.',
  carryOut: async (master, _, { servers, onProgress }) => ({
    undrained: await master.draining.undrain(servers, onProgress),
  }),
});

export const killServers = operation({
  ...some,
  turn: { takes: 'nothing' },
  about: some.turn.which,
  args: z.strictObject(selection),
  answer: z.strictObject({ killed: texts }),
  effect: 'Ends the processes of the servers at once, whatever else goes on with them.',
  provesWhen: whenItCutsMany,
  takesTwo: endsAll,
  carryOut: async (master, args, { onProgress }) => ({
    killed: await master.servers.kill(some.turn.which(args, master), onProgress),
  }),
});

/** How long servers may log at another level than their settings say, and when nothing is said, in ms. */
const [longestLevelMs, usualLevelMs] = [24 * 3_600_000, 3_600_000];

export const setLogLevel = operation({
  ...some,
  turn: { takes: 'nothing' },
  about: some.turn.which,
  progress: noProgress,
  args: z.strictObject({
    ...selection,
    /** `settings` is what `settings.json` says. */
    level: z.enum([...logLevels, 'settings']),
    forMs: z.int().min(1000).max(longestLevelMs).exactOptional(),
  }),
  answer: z.strictObject({
    changed: texts,
    levels: z.record(text, z.strictObject({ was: text.exactOptional(), is: text })),
    silent: z.array(z.strictObject({ id: text, reason: text })).readonly(),
  } satisfies Shape<LogLevelAnswer>),
  compare: toldBy<LogLevelAnswer>(({ levels }) => {
    const told = Object.entries(levels);
    return {
      was: Object.fromEntries(told.flatMap(([id, { was }]) => (was === undefined ? [] : [[id, was]]))),
      is: Object.fromEntries(told.map(([id, { is }]) => [id, is])),
    };
  }),
  effect:
    'Has servers log more or less for a while, an hour if nothing else is said, or as their settings say again.',
  carryOut: (master, { level, forMs = usualLevelMs, ...which }) =>
    master.logLevels.set(master.select(which), level === 'settings' ? undefined : level, forMs),
});
