import * as z from 'zod';
import type { Progress } from '../long-operations/progress.js';
import type { Selection } from '../topology/selection.js';
import { operationRow } from './shapes/operation-row.js';
import { count, type Shape, someTexts, text, texts } from './shapes/shape.js';

/** Which servers are meant; no list means all. A list that a program has made, and that came out empty, must not mean them. */
export const selection = {
  ids: someTexts.exactOptional(),
  types: someTexts.exactOptional(),
  hosts: someTexts.exactOptional(),
} satisfies Shape<Selection>;

/** Of an operation that tells nothing while it goes on. */
export const noProgress: z.ZodType<never> = z.never();

const step = z.strictObject({
  kind: z.literal('server'),
  id: text,
  state: z.enum([
    ...(['starting', 'ready', 'failed', 'stopping', 'stopped', 'killed', 'unreached'] as const),
    ...(['swapped', 'unchanged', 'needs restart', 'watched', 'taken back'] as const),
    ...(['draining', 'takes new work'] as const),
  ]),
  ms: count,
});

/** How servers start, stop and change while it goes on. */
export const steps: z.ZodType<Progress> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('waiting'), operation: text }),
  z.strictObject({ kind: z.literal('approval'), id: text, until: count }),
  z.strictObject({ kind: z.literal('warning'), text }),
  z.strictObject({
    kind: z.literal('tier'),
    doing: z.enum(['start', 'stop']),
    name: z.enum(['backends', 'connectors', 'gates']),
    ids: texts,
  }),
  step,
  z.strictObject({ kind: z.literal('operation'), operation: operationRow }),
]);
