import * as z from 'zod';
import type { OperationRow } from '../../long-operations/kept-operation.js';
import { count, type Shape, text, texts } from './shape.js';

/** What operators are told of a long operation. */
export const operationRow: z.ZodType<OperationRow> = z.strictObject({
  id: count,
  verb: text,
  target: text,
  by: text,
  via: text,
  state: z.enum(['waiting', 'running', 'pausing', 'paused', 'ending', 'done', 'failed', 'ended']),
  begunAt: text,
  endedAt: text.exactOptional(),
  pausedUntil: text.exactOptional(),
  done: texts,
  underWay: texts,
  left: texts,
  takenBack: texts,
  error: z.strictObject({ code: text, message: text }).exactOptional(),
} satisfies Shape<OperationRow>);
