import * as z from 'zod';
import { operation } from './operation.js';
import { count, text } from './shapes/shape.js';

/** Shortest and longest CPU profile, in ms. */
const [shortestMs, longestMs] = [100, 60_000];

const wish = z.union([
  z.strictObject({ kind: z.literal('cpu'), ms: z.int().min(shortestMs).max(longestMs) }),
  z.strictObject({
    kind: z.literal('heap'),
    /** Also of a frontend with clients, all of whom wait meanwhile. */
    force: z.boolean(),
  }),
]);

export const takeProfile = operation({
  role: 'operator',
  turn: { takes: 'nothing' },
  changes: true,
  args: z.strictObject({ id: text, wish }),
  progress: z.strictObject({ base64: text }),
  answer: z.strictObject({ bytes: count }),
  effect:
    'Has a server write down where its time goes while it serves on, or all that it has in memory while it stands still.',
  carryOut: async (master, { id, wish: wanted }, { onProgress: tell, whenRead, gone }) => {
    const [server] = master.select({ ids: [id] }) as [string];
    return { bytes: await master.profiles.take(server, wanted, { tell, whenRead, gone }) };
  },
});
