import type { Principal } from '@pomelo-ts/cluster';
import type { ErrorData } from '@pomelo-ts/common';
import type { Step } from './course.js';

/** `waiting` for its turn; `ended` on somebody's wish before all was done. */
export type LongState = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'ended';

/** States that nothing comes after. */
export const lastStates: ReadonlySet<LongState> = new Set(['done', 'failed', 'ended']);

/** A long operation as it is written down for the next master. */
export interface KeptOperation {
  /** Rises with each. */
  readonly id: number;
  readonly verb: string;
  readonly args: object;
  readonly principal: Principal;
  /** What it is about, such as `chat-1, chat-2`. */
  readonly target: string;
  readonly state: LongState;
  /** What somebody wishes, until it has come to that. */
  readonly wish?: 'pause' | 'end';
  /** When a pause is over: then it ends, as others may wait for what it holds. */
  readonly pausedUntil?: string;
  /** Whether what it does can be taken back. */
  readonly canTakeBack?: true;
  /** Whether what is done shall be taken back when it ends. */
  readonly takeBack?: true;
  /** Times in the form of ISO 8601. */
  readonly begunAt: string;
  readonly endedAt?: string;
  readonly steps: readonly Step[];
  /** What it has answered, unless that is long. */
  readonly result?: unknown;
  readonly error?: ErrorData;
}

/** A long operation as operators see it. */
export interface OperationRow {
  readonly id: number;
  readonly verb: string;
  readonly target: string;
  /** Who has begun it. */
  readonly by: string;
  readonly via: string;
  /** `pausing` and `ending` once somebody wishes that, until the present step is over. */
  readonly state: LongState | 'pausing' | 'ending';
  readonly begunAt: string;
  readonly endedAt?: string;
  /** Of one that is paused, or about to be: when it ends unless it is resumed before. */
  readonly pausedUntil?: string;
  /** Names of its steps, in order: those that are done, those under way, and those that are left. */
  readonly done: readonly string[];
  readonly underWay: readonly string[];
  readonly left: readonly string[];
  readonly takenBack: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** The row of an operation. */
export function rowOfOperation(kept: KeptOperation): OperationRow {
  const { id, verb, target, principal, begunAt, endedAt, pausedUntil, steps, error } = kept;
  const inState = (state: Step['state']) =>
    steps.filter((step) => step.state === state).map(({ name }) => name);
  return {
    id,
    verb,
    target,
    by: principal.name,
    via: principal.via,
    state: shownState(kept),
    begunAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(pausedUntil !== undefined && { pausedUntil }),
    done: inState('done'),
    underWay: inState('begun'),
    left: inState('left'),
    takenBack: inState('taken back'),
    ...(error && { error: { code: error.code, message: error.message } }),
  };
}

function shownState({ state, wish }: KeptOperation): OperationRow['state'] {
  if (lastStates.has(state) || wish === undefined) return state;
  if (wish === 'end') return 'ending';
  return state === 'paused' ? state : 'pausing';
}

/** Reads what a former master has written; undefined for what makes no sense. */
export function readKept(text: string): KeptOperation | undefined {
  try {
    const kept = JSON.parse(text) as KeptOperation;
    const { id, verb, args, principal, state, steps } = kept;
    const whole =
      Number.isInteger(id) &&
      typeof verb === 'string' &&
      typeof args === 'object' &&
      typeof principal?.name === 'string' &&
      typeof state === 'string' &&
      Array.isArray(steps);
    return whole ? kept : undefined;
  } catch {
    return undefined; // cut short by a crash of the machine
  }
}
