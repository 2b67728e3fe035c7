import type { OperatorRole } from '@pomelo-ts/cluster';
import * as z from 'zod';
import { withWords } from './argument-words.js';
import type { AnyOperation } from './operation.js';
import { operations, type Verb } from './table.js';

/** One operation, as clients need it that are no part of this program. */
export interface ListedOperation {
  readonly verb: Verb;
  readonly role: OperatorRole;
  readonly changes: boolean;
  readonly needsProof: boolean;
  /** When it asks for a proof, though it does not always; for people. */
  readonly provesWhen?: string;
  readonly effect: string;
  /** JSON Schema of what it takes, each argument with what it means. */
  readonly args: object;
}

/** All operations, each with the schema of its arguments. */
export const listedOperations = (): readonly ListedOperation[] =>
  (Object.keys(operations) as Verb[]).map((verb) => {
    const { role, changes, effect, args, needsProof = false, provesWhen }: AnyOperation = operations[verb];
    const { $schema: _, ...schema } = z.toJSONSchema(args, { io: 'input', unrepresentable: 'any' });
    const when = provesWhen && { provesWhen: provesWhen.when };
    return { verb, role, changes, needsProof, ...when, effect, args: withWords(verb, schema) };
  });
