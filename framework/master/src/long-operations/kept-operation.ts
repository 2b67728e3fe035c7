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

/** Reads what a former master has written; undefined for what makes no sense, be it of another version or of a disk that fails. */
export function readKept(text: string): KeptOperation | undefined {
  try {
    const kept: unknown = JSON.parse(text);
    return isKept(kept) ? kept : undefined;
  } catch {
    return undefined; // cut short by a crash of the machine
  }
}

const states: ReadonlySet<unknown> = new Set<LongState>([
  ...(['waiting', 'running', 'paused'] as const),
  ...lastStates,
]);
const stepStates: ReadonlySet<unknown> = new Set<Step['state']>(['left', 'begun', 'done', 'taken back']);
const wishes: ReadonlySet<unknown> = new Set<KeptOperation['wish']>([undefined, 'pause', 'end']);

type Fields<T> = Readonly<Partial<Record<keyof T, unknown>>>;

/** Whether all is there that others are told of it, and that it goes on by. */
function isKept(value: unknown): value is KeptOperation {
  if (!isObject(value)) return false;
  const { id, verb, args, principal, target, state, wish, steps, error }: Fields<KeptOperation> = value;
  return (
    Number.isSafeInteger(id) &&
    [verb, target].every(isText) &&
    isObject(args) &&
    isObject(principal) &&
    [principal['name'], principal['via']].every(isText) &&
    states.has(state) &&
    wishes.has(wish) &&
    hasTimes(value) &&
    Array.isArray(steps) &&
    steps.every(isStep) &&
    (error === undefined || (isObject(error) && [error['code'], error['message']].every(isText)))
  );
}

function hasTimes({ begunAt, endedAt, pausedUntil }: Fields<KeptOperation>): boolean {
  return isTime(begunAt) && [endedAt, pausedUntil].every((time) => time === undefined || isTime(time));
}

function isStep(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, state, life, came }: Fields<Step> = value;
  return (
    isText(name) && stepStates.has(state) && [life, came].every((text) => text === undefined || isText(text))
  );
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
