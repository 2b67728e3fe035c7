import type { Session } from '../session.js';
import type { RequestContext } from './route-context.js';

/** What came of a request: an answer, or an error. */
export interface Outcome {
  readonly answer?: unknown;
  readonly error?: unknown;
}

/** Code around handlers. Befores run in the order of registration, afters in reverse. */
export interface Filter<Msg = unknown, Caller = Session, Context = RequestContext> {
  /**
   * Runs before the handler. What it returns, other than undefined, is the answer and the handler is not called; what it
   * throws becomes the error.
   */
  before?(msg: Msg, session: Caller, context: Context): unknown;
  /** Runs after the handler and before the answer leaves; throwing replaces the outcome by that error. */
  after?(outcome: Outcome, msg: Msg, session: Caller, context: Context): void | Promise<void>;
}

/**
 * Turns an error of a filter or handler into the client's answer; undefined leaves it to the framework, which answers
 * with code, message and nothing of the inside.
 */
export type ErrorHandler = (
  error: unknown,
  msg: unknown,
  session: Session,
  context: RequestContext,
) => unknown;

/** Runs `call` between the befores and afters of `filters`. */
export async function runFilters<Msg, Caller, Context>(
  filters: readonly Filter<Msg, Caller, Context>[],
  msg: Msg,
  session: Caller,
  context: Context,
  call: () => unknown,
): Promise<unknown> {
  const entered: Filter<Msg, Caller, Context>[] = [];
  let outcome: Outcome;
  try {
    const early = await enterFilters(filters, entered, msg, session, context);
    outcome = { answer: early === undefined ? await call() : early };
  } catch (error) {
    outcome = { error };
  }
  outcome = await leaveFilters(entered, outcome, msg, session, context);
  if ('error' in outcome) throw outcome.error;
  return outcome.answer;
}

/** Runs the befores until one answers, and gives that answer; `entered` gets those whose afters must run. */
export async function enterFilters<Msg, Caller, Context>(
  filters: readonly Filter<Msg, Caller, Context>[],
  entered: Filter<Msg, Caller, Context>[],
  msg: Msg,
  session: Caller,
  context: Context,
): Promise<unknown> {
  for (const filter of filters) {
    entered.push(filter);
    const answer = await filter.before?.(msg, session, context);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** Runs the afters, the last entered first; gives the outcome, or what an after has made of it. */
export async function leaveFilters<Msg, Caller, Context>(
  entered: readonly Filter<Msg, Caller, Context>[],
  outcome: Outcome,
  msg: Msg,
  session: Caller,
  context: Context,
): Promise<Outcome> {
  let result = outcome;
  for (let i = entered.length - 1; i >= 0; i--) {
    try {
      await entered[i]!.after?.(result, msg, session, context);
    } catch (error) {
      result = { error };
    }
  }
  return result;
}
