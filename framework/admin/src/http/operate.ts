import { type Logger, PomeloError, silentLogger } from '@pomelo-ts/common';
import type { Master, Permit, Verb, Visitor } from '@pomelo-ts/master';
import { type AnyOperation, listedOperations, operations } from '@pomelo-ts/master/operations';
import { failureOf } from './failure.js';
import { ndjson } from './ndjson.js';
import type { AdminContext } from './node-env.js';
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

/** How the master is asked by somebody, who may have been sent away while the body came. @throws NOT_SIGNED_IN, SECOND_FACTOR_MISSING, PROOF_NEEDED */
export function askingOf(verb: Verb, { visitor, from }: Asking) {
  const { name, permit, session, secondFactor, over } = visitor;
  if (over.aborted) throw new PomeloError('NOT_SIGNED_IN', {});
  if (secondFactor === 'required') throw new PomeloError('SECOND_FACTOR_MISSING', {});
  const { needsProof }: AnyOperation = operations[verb];
  const unproved = session !== undefined && session.provedUntil < Date.now();
  if (needsProof && unproved) throw new PomeloError('PROOF_NEEDED', {});
  const asks = session ? 'person' : 'program';
  return { permit, principal: { name, via: 'http', from }, asks, unproved } as const;
}

/** Carries out an operation; with `application/x-ndjson` each thing that it tells is a line, and the last one what came of it. */
export async function operate(context: AdminContext, master: Master, asking: Asking): Promise<Response> {
  const verb = verbOf(context.req.param('verb') ?? '');
  const args = await readBody(context.env.incoming);
  const gone = goneOf(context, asking.visitor);
  if (!/\bapplication\/x-ndjson\b/.test(context.req.header('accept') ?? ''))
    return context.json({ answer: await answerOf(master, { verb, args, asking }, gone) });
  const how = { ...askingOf(verb, asking), gone };
  return ndjson(async (tell, whenRead) => {
    try {
      const onProgress = (progress: unknown) => tell({ progress });
      const answer = await master.operate(verb, args as never, { ...how, onProgress, whenRead });
      tell({ answer: answer ?? null });
    } catch (error) {
      tell({ error: failureOf(error, silent).error });
    }
  });
}

/** What somebody asks for, who waits for its answer alone. */
export interface Asked {
  readonly verb: Verb;
  readonly args: object;
  readonly asking: Asking;
}

/** The answer of an operation. @param gone for those that go on for as long as somebody waits */
export async function answerOf(
  master: Master,
  { verb, args, asking }: Asked,
  gone?: AbortSignal,
): Promise<unknown> {
  const how = { ...askingOf(verb, asking), ...(gone && { gone }) };
  return (await master.operate(verb, args as never, how)) ?? null;
}

/** Aborted when whoever asks does not wait any more, or is nobody any more. */
function goneOf({ env: { outgoing } }: AdminContext, { over }: Visitor): AbortSignal {
  const gone = new AbortController();
  const leave = () => gone.abort();
  over.addEventListener('abort', leave, { once: true });
  outgoing.once('close', () => {
    over.removeEventListener('abort', leave);
    leave();
  });
  return gone.signal;
}

/** What fails in the middle has its line in the master's log already. */
const silent: Logger = silentLogger;

/** All operations, and whether this one may have each carried out. */
export const listOperations = (context: AdminContext, { permit }: Visitor): Response =>
  context.json({
    operations: listedOperations().map((one) => ({ ...one, allowed: permit.allows(one.verb, one.role) })),
  });
