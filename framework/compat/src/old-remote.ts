import type { ServiceMethod } from '@pomelo-ts/core/internal';
import { RemoteError } from '@pomelo-ts/rpc';
import { isThenable } from './callback.js';
import type { OldStyle } from './types.js';

type Call = (...args: unknown[]) => unknown;

/** How the results of a remote travel that gives its callback more than one. */
const resultsKey = 'pomelo.results';

/** What a remote gave its callback as an error and that is none: it reaches the caller's callback as it is. */
class OldRemoteError extends Error {
  override readonly name = 'OldRemoteError';
  readonly code = 'OLD_REMOTE_ERROR';
  readonly data: unknown;

  constructor(data: unknown) {
    super(typeof data === 'string' ? data : JSON.stringify(data));
    this.data = data;
  }
}

/** A method of an old remote as one that core calls; pomelo's end with a callback, pinus' return. */
export function adaptRemote(
  style: OldStyle,
  inside: <T>(fn: () => T) => T,
  instance: object,
  name: string,
): ServiceMethod {
  const fn = (): Call => (instance as Record<string, Call>)[name]!;
  const call = (...args: unknown[]): unknown =>
    inside(() => (style === 'pinus' ? fn().call(instance, ...args) : callBack(fn(), instance, args)));
  return call as ServiceMethod;
}

function callBack(fn: Call, instance: object, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const takesCallback = fn.length > args.length;
    const done = (error?: unknown, ...results: unknown[]): void => {
      if (error) reject(error instanceof Error ? error : new OldRemoteError(error));
      else resolve(results.length > 1 ? { [resultsKey]: results } : results[0]);
    };
    const returned = fn.call(instance, ...args, done);
    if (isThenable(returned))
      returned.then((value) => (!takesCallback || value !== undefined) && resolve(value), reject);
    // A method without parameters may still look for its callback among its arguments.
    else if (!takesCallback && (returned !== undefined || fn.length > 0 || args.length === 0))
      resolve(returned);
  });
}

/** The results of a call as a callback gets them. */
export function resultsOf(value: unknown): readonly unknown[] {
  const several = (value as Record<string, unknown> | null | undefined)?.[resultsKey];
  return Array.isArray(several) ? several : [value];
}

/** The error of a call as its caller knows it: with the message and code that it had over there. */
export function oldErrorOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof RemoteError)) return error;
  return cause.remoteName === 'OldRemoteError' ? cause.data : cause;
}
