import * as z from 'zod';
import type { ApprovalRow } from '../approvals/approvals.js';
import { operation } from './operation.js';
import { count, type Shape, text } from './shapes/shape.js';
import { noProgress } from './shapes.js';

/** Longest reason of a refusal, in characters. */
const longestReason = 200;

const some = { role: 'operator', turn: { takes: 'nothing' }, progress: noProgress } as const;
const id = text.min(1).max(64);

const row: z.ZodType<ApprovalRow> = z.strictObject({
  id: text,
  verb: text,
  by: text,
  target: text.exactOptional(),
  args: z.record(text, z.unknown()),
  asked: count,
  until: count,
} satisfies Shape<ApprovalRow>);

export const listApprovals = operation({
  ...some,
  changes: false,
  personal: true,
  args: z.strictObject({}),
  answer: z.array(row).readonly(),
  effect: 'Shows the changes that wait until a second person approves them.',
  carryOut: ({ approvals }) => approvals.rows,
});

export const approveChange = operation({
  ...some,
  changes: true,
  needsProof: true,
  args: z.strictObject({ id }),
  answer: row,
  judges: ({ id: meant }) => meant,
  effect: 'Has a change go on that another person has asked for.',
  carryOut: ({ approvals }, { id: meant }, { principal }) => approvals.approve(meant, principal.name),
});

export const refuseChange = operation({
  ...some,
  changes: true,
  args: z.strictObject({ id, reason: text.min(1).max(longestReason).exactOptional() }),
  answer: row,
  judges: ({ id: meant }) => meant,
  effect: 'Ends a change that waits for a second person, so that it is not carried out.',
  carryOut: ({ approvals }, { id: meant, reason = 'no reason was given' }, { principal }) =>
    approvals.refuse(meant, principal.name, reason),
});
