import type { HeldLease } from '@pomelo-ts/cluster/leases';
import * as z from 'zod';
import { operation } from './operation.js';
import { count, type Shape, text } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** Most leases that are shown, and when nothing is said. */
const [most, usual] = [1000, 100];

const lease = z.strictObject({
  name: text,
  server: text,
  token: z.number(),
  ttlMs: count,
  leftMs: count,
} satisfies Shape<HeldLease>);

export const listLeases = operation({
  role: 'viewer',
  turn: { takes: 'nothing' },
  changes: false,
  progress: noProgress,
  args: z.strictObject({
    /** What their names begin with. @default all */
    prefix: text.max(256).exactOptional(),
    limit: z.int().min(1).max(most).exactOptional(),
  }),
  answer: z.strictObject({ leases: z.array(lease).readonly(), total: count }),
  effect: 'Shows which server holds which lease, and for how long yet if it does not renew it.',
  carryOut: (master, { prefix = '', limit = usual }) => master.leases.held(prefix, limit),
});
