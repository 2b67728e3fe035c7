import * as z from 'zod';
import type { ServerRow } from '../../servers/server-row.js';
import { endKinds } from '../../supervisor/server-end.js';
import { count, type Shape, text, texts } from './shape.js';

/** What operators are told of one server. */
export const serverRow: z.ZodType<ServerRow> = z.strictObject({
  id: text,
  type: text,
  state: z.enum(['down', 'starting', 'ready', 'draining', 'stopping', 'gone', 'failed', 'lost']),
  lostFor: z.number().exactOptional(),
  host: text,
  frontend: z.boolean(),
  port: count.exactOptional(),
  clientHost: text.exactOptional(),
  clientPort: count.exactOptional(),
  acceptors: z
    .array(z.strictObject({ name: text, port: count }))
    .readonly()
    .exactOptional(),
  clientUrl: text.exactOptional(),
  pid: count.exactOptional(),
  bootId: text.exactOptional(),
  connections: z.number().exactOptional(),
  rssBytes: z.number().exactOptional(),
  cpu: z.number().exactOptional(),
  uptime: z.number().exactOptional(),
  counters: z.record(text, z.number()).readonly().exactOptional(),
  restarts: count,
  exit: text.exactOptional(),
  end: z.enum(endKinds).exactOptional(),
  lastError: text.exactOptional(),
  unreached: texts.exactOptional(),
  cutFrom: texts.exactOptional(),
  build: text.exactOptional(),
  group: text.exactOptional(),
  external: z.literal(true).exactOptional(),
  outdated: z.literal(true).exactOptional(),
} satisfies Shape<ServerRow>);
