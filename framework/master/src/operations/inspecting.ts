import * as z from 'zod';
import { longestThing, type ThingsRow } from '../servers/inspecting.js';
import { silent } from './channels.js';
import { operation } from './operation.js';
import { count, type Shape, text, texts } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** Most things of a kind that one server names, and when nothing is said. */
const [most, usual] = [1000, 100];

const look = { changes: false, turn: { takes: 'nothing' }, progress: noProgress } as const;
const name = text.min(1).max(longestThing);
const things = z.strictObject({
  server: text,
  kind: text,
  ids: texts,
  total: count,
  more: z.literal(true).exactOptional(),
  problem: text.exactOptional(),
} satisfies Shape<ThingsRow>);

export const listThings = operation({
  ...look,
  role: 'viewer',
  args: z.strictObject({
    /** A server. @default all */
    id: name.exactOptional(),
    /** @default all kinds */
    kind: name.exactOptional(),
    /** What ids begin with. @default all */
    prefix: text.max(longestThing).exactOptional(),
    limit: z.int().min(1).max(most).exactOptional(),
  }),
  answer: z.strictObject({ things: z.array(things).readonly(), silent }),
  effect: 'Shows rooms and whatever else the game lets operators look at, by server and kind.',
  carryOut: async (master, { id, prefix = '', limit = usual, kind }) => {
    if (id !== undefined) master.select({ ids: [id] }); // it is told where there is none
    const listed = await master.inspecting.list({ prefix, limit, ...(kind !== undefined && { kind }) });
    const isWanted = (server: string) => id === undefined || server === id;
    return {
      things: listed.things.filter(({ server }) => isWanted(server)),
      silent: listed.silent.filter((one) => isWanted(one.id)),
    };
  },
});

export const showThing = operation({
  ...look,
  role: 'operator',
  personal: true,
  args: z.strictObject({ id: name, kind: name, thing: name }),
  answer: z.strictObject({ state: z.unknown().optional(), cut: text.exactOptional() }),
  effect: 'Shows one room, or whatever else, as its game gives it to operators.',
  carryOut: (master, { id, kind, thing }) => {
    const [server] = master.select({ ids: [id] }) as [string];
    return master.inspecting.show({ server, kind, id: thing });
  },
});
