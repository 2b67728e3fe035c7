import * as z from 'zod';
import { operation } from './operation.js';
import { texts } from './shapes/shape.js';
import { steps } from './shapes.js';

/** What ends all have in common. */
const end = {
  role: 'admin',
  changes: true,
  provesWhen: { when: 'it ends all servers', holds: () => true },
  progress: steps,
  answer: z.strictObject({ killed: texts, master: z.literal('stopped') }),
} as const;

export const stopCluster = operation({
  ...end,
  args: z.strictObject({
    /** Whether what is under way keeps it from nothing. */
    interrupt: z.boolean().exactOptional(),
  }),
  turn: { takes: 'last', interrupts: ({ interrupt = false }) => interrupt },
  effect: 'Stops all servers and then the master.',
  carryOut: async (master, _, { onProgress }) => ({
    killed: await master.end(onProgress),
    master: 'stopped' as const,
  }),
});

export const killCluster = operation({
  ...end,
  args: z.strictObject({}),
  turn: { takes: 'last', interrupts: () => true },
  effect: 'Ends the processes of all servers at once, and then the master, whatever else goes on.',
  carryOut: async (master, _, { onProgress }) => {
    const killed = await master.servers.kill(master.select({}), onProgress);
    await master.end(onProgress);
    return { killed, master: 'stopped' as const };
  },
});
