import { type Clock, PomeloError, reasonOf, systemClock } from '@pomelo-ts/common';
import type { RemoteTable } from '../remote/remote-table.js';

/** A call of a remote that an operator has asked the master for. */
export interface AskedCall {
  /** `type.remote.method`. */
  readonly method: string;
  readonly args: readonly unknown[];
  readonly timeoutMs: number;
}

/** What came of it: the value as JSON, or what the remote has thrown. */
export type CallOutcome = { readonly json: string } | { readonly code: string; readonly reason: string };

/** Most of an answer, in characters of JSON. */
const mostText = 256 * 1024;

/** Who calls, as filters of remotes see it. */
export const operator = { id: 'operator' } as const;

/** Calls a remote of the game on this server, as another server would; what it makes of it is told. */
export async function callHere(
  remotes: Pick<RemoteTable, 'callOfGame'>,
  { method, args, timeoutMs }: AskedCall,
  clock: Clock = systemClock,
): Promise<CallOutcome> {
  try {
    const value = await inTime(async () => remotes.callOfGame(method, [...args], operator), timeoutMs, clock);
    return { json: jsonOf(value) };
  } catch (error) {
    const { code } = (error ?? {}) as { readonly code?: unknown };
    return { code: typeof code === 'string' ? code : 'ERROR', reason: reasonOf(error).slice(0, mostReason) };
  }
}

/** Most of what a remote has thrown, in characters. */
const mostReason = 4096;

/** @throws Error when `work` takes longer; it goes on, as nothing can end it. */
export async function inTime<T>(work: () => Promise<T>, ms: number, clock: Clock): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(ms, () =>
      reject(new Error(`there was no answer within ${ms} ms; it goes on there`)),
    );
  });
  return Promise.race([work(), late]).finally(cancel);
}

function jsonOf(value: unknown): string {
  const json = JSON.stringify(value) ?? 'null';
  if (json.length <= mostText) return json;
  throw new PomeloError('REMOTE_ANSWER_LONG', { length: json.length, most: mostText });
}
