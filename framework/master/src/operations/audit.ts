import * as z from 'zod';
import type { AuditRecord } from '../audit/audit-record.js';
import type { AuditFinding } from '../audit/verify-audit.js';
import { operation } from './operation.js';
import { count, type Shape, text } from './shapes/shape.js';
import { noProgress } from './shapes.js';

const [usualRecords, mostRecords] = [50, 200];

const admin = {
  role: 'admin',
  turn: { takes: 'nothing' },
  progress: noProgress,
  changes: false,
  personal: true,
} as const;

const record: z.ZodType<AuditRecord> = z.strictObject({
  n: count,
  at: text,
  before: text,
  verb: text,
  by: text,
  via: text,
  from: text.exactOptional(),
  target: text.exactOptional(),
  args: z.record(text, z.unknown()).exactOptional(),
  was: z.record(text, z.unknown()).exactOptional(),
  is: z.record(text, z.unknown()).exactOptional(),
  result: z.enum(['begun', 'done', 'failed', 'refused']),
  code: text.exactOptional(),
  reason: text.exactOptional(),
  approvedBy: text.exactOptional(),
  ms: count.exactOptional(),
  count: count.exactOptional(),
  begun: count.exactOptional(),
  master: text.exactOptional(),
  ends: z.literal(true).exactOptional(),
  again: text.exactOptional(),
} satisfies Shape<AuditRecord>);

export const readAuditLog = operation({
  ...admin,
  args: z.strictObject({
    before: count.exactOptional(),
    limit: z.int().min(1).max(mostRecords).exactOptional(),
    name: text.max(128).exactOptional(),
    verb: text.max(64).exactOptional(),
  }),
  answer: z.strictObject({ records: z.array(record).readonly(), more: z.boolean() }),
  effect: 'Shows who has asked this master for what, and what came of it, the latest first.',
  carryOut: ({ audit }, { limit = usualRecords, ...asked }) => audit.read({ ...asked, limit }),
});

const place = { n: count, at: text };

export const verifyAuditLog = operation({
  ...admin,
  args: z.strictObject({}),
  answer: z.strictObject({
    files: count,
    records: count,
    first: z.strictObject(place).exactOptional(),
    last: z.strictObject({ ...place, hash: text }).exactOptional(),
    cut: count,
    overtaken: count,
    broken: z.array(z.strictObject({ file: text, line: count, why: text })).readonly(),
  } satisfies Shape<AuditFinding>),
  effect: 'Looks whether all records of the audit log are as they were written.',
  carryOut: ({ audit }) => audit.verify(),
});
