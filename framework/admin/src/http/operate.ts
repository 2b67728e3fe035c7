import type { OperatorRole } from '@pomelo-ts/cluster';
import { type Logger, PomeloError, silentLogger } from '@pomelo-ts/common';
import type { Master, Permit, Verb, Visitor } from '@pomelo-ts/master';
import { type AnyOperation, operations } from '@pomelo-ts/master/operations';
import { z } from 'zod';
import type { AdminContext } from './app.js';
import { failureOf } from './failure.js';
import { ndjson } from './ndjson.js';
import { readBody } from './read-body.js';

/** Who asks, and from where. */
export interface Asking {
  readonly visitor: Visitor;
  readonly from: string;
}

/** All verbs that somebody may ask for. */
export const verbsOf = (permit: Permit): readonly Verb[] =>
  (Object.keys(operations) as Verb[]).filter((verb) => permit.allows(verb, operations[verb].role));

/** The operation of a name that came from outside. @throws OPERATION_UNKNOWN */
export function verbOf(name: string): Verb {
  if (Object.hasOwn(operations, name)) return name as Verb;
  throw new PomeloError('OPERATION_UNKNOWN', {
    verb: name.slice(0, 60),
    known: Object.keys(operations).join(', '),
  });
}

/** How the master is asked by somebody. @throws SECOND_FACTOR_MISSING, PROOF_NEEDED */
export function askingOf(verb: Verb, { visitor, from }: Asking) {
  const { name, permit, session, secondFactor } = visitor;
  if (secondFactor === 'required') throw new PomeloError('SECOND_FACTOR_MISSING', {});
  const { needsProof }: AnyOperation = operations[verb];
  if (needsProof && session && session.provedUntil < Date.now()) throw new PomeloError('PROOF_NEEDED', {});
  return { permit, principal: { name, via: 'http', from } };
}

/** Carries out an operation; with `application/x-ndjson` each thing that it tells is a line, and the last one what came of it. */
export async function operate(context: AdminContext, master: Master, asking: Asking): Promise<Response> {
  const verb = verbOf(context.req.param('verb') ?? '');
  const how = askingOf(verb, asking);
  const args = (await readBody(context.req)) as never;
  const gone = context.req.raw.signal;
  if (!/\bapplication\/x-ndjson\b/.test(context.req.header('accept') ?? ''))
    return context.json({ answer: (await master.operate(verb, args, { ...how, gone })) ?? null });
  return ndjson(async (tell, whenRead) => {
    try {
      const onProgress = (progress: unknown) => tell({ progress });
      tell({ answer: (await master.operate(verb, args, { ...how, gone, onProgress, whenRead })) ?? null });
    } catch (error) {
      tell({ error: failureOf(error, silent).error });
    }
  });
}

/** What fails in the middle has its line in the master's log already. */
const silent: Logger = silentLogger;

/** One operation, as clients need it. */
export interface ListedOperation {
  readonly verb: Verb;
  readonly role: OperatorRole;
  readonly changes: boolean;
  readonly needsProof: boolean;
  readonly effect: string;
  /** JSON Schema of what it takes. */
  readonly args: object;
}

/** All operations. */
export const listedOperations = (): readonly ListedOperation[] =>
  (Object.keys(operations) as Verb[]).map((verb) => {
    const { role, changes, effect, args, needsProof = false }: AnyOperation = operations[verb];
    const { $schema: _, ...schema } = z.toJSONSchema(args, { io: 'input', unrepresentable: 'any' });
    return { verb, role, changes, needsProof, effect, args: schema };
  });

/** All operations, and whether this one may have each carried out. */
export const listOperations = (context: AdminContext, { permit }: Visitor): Response =>
  context.json({
    operations: listedOperations().map((one) => ({ ...one, allowed: permit.allows(one.verb, one.role) })),
  });
