import type { Application, Filter, RequestContext, Session } from '@pomelo-ts/core';
import { isThenable } from './callback.js';
import type { OldSession } from './old-session.js';
import type { Anything, OldStyle, RouteRecord } from './types.js';

/** What came of a step of a request: pomelo knows answers beside errors. */
export interface OldOutcome {
  readonly error?: unknown;
  readonly answer?: unknown;
}

/** One request on its way through the filters of an app. */
export interface OldRequest {
  readonly msg: object;
  readonly session: OldSession;
  readonly coreSession: Session;
  readonly route: RouteRecord;
  readonly context: RequestContext;
}

/** Runs before the handler; an outcome with an error ends the request's way to it. */
export type Before = (request: OldRequest) => Promise<OldOutcome>;

/** Runs after the handler; gives the error from then on, or nothing. */
export type After = (request: OldRequest, outcome: OldOutcome) => Promise<unknown>;

type Call = (...args: Anything[]) => unknown;

/** A filter as apps have them: one function, or an object with `before` and `after`. */
export type OldFilter = Call | { readonly before?: Call; readonly after?: Call } | BuiltInFilter;

/** Marks a filter that this package brings, whatever style the app is written in. */
export const builtIn = Symbol('pomelo-ts filter');

/** A filter that this package brings: it is made for the application that it is added to. */
export interface BuiltInFilter {
  readonly [builtIn]: (app: Application) => Filter;
}

/** The two halves of a filter that was added by `app.filter`. */
export function halvesOf(
  filter: OldFilter,
  style: OldStyle,
  app: Application,
): { before: Before; after: After } {
  if (!isBuiltIn(filter)) return { before: beforeOf(filter, style, app), after: afterOf(filter, style, app) };
  const made = filter[builtIn](app);
  return { before: builtInBefore(made), after: builtInAfter(made) };
}

/** What runs of a filter that was added by `app.before`. */
export function beforeOf(filter: OldFilter, style: OldStyle, app: Application): Before {
  if (isBuiltIn(filter)) return builtInBefore(filter[builtIn](app));
  const fn = typeof filter === 'function' ? filter : filter.before;
  if (typeof fn !== 'function') return async () => ({});
  const withRoute = fn.length === 4 || (style === 'pinus' && fn.length !== 3);
  return async ({ msg, session, route }) => {
    const args = withRoute ? [route, msg, session] : [msg, session];
    const [error, answer] = await step(fn, filter, args);
    return error ? { error, answer } : {};
  };
}

/** What runs of a filter that was added by `app.after`. */
export function afterOf(filter: OldFilter, style: OldStyle, app: Application): After {
  if (isBuiltIn(filter)) return builtInAfter(filter[builtIn](app));
  const fn = typeof filter === 'function' ? filter : filter.after;
  if (typeof fn !== 'function') return async (_request, { error }) => error;
  const withRoute = fn.length === 6 || (style === 'pinus' && fn.length !== 5);
  return async ({ msg, session, route }, { error, answer }) => {
    const args = withRoute ? [error, route, msg, session, answer] : [error, msg, session, answer];
    return (await step(fn, filter, args))[0];
  };
}

/** Calls old code that ends with `next(error, answer)`; what it throws is its error. */
export function step(fn: Call, self: unknown, args: readonly unknown[]): Promise<readonly Anything[]> {
  return new Promise((resolve) => {
    const fail = (error: unknown): void => resolve([error ?? new Error('failed with no error')]);
    try {
      const returned = fn.call(self, ...args, (...given: unknown[]) => resolve(given));
      if (isThenable(returned)) returned.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  });
}

function isBuiltIn(filter: OldFilter): filter is BuiltInFilter {
  return builtIn in filter;
}

function builtInBefore(filter: Filter): Before {
  return async ({ msg, coreSession, context }) => {
    try {
      await filter.before?.(msg, coreSession, context);
      return {};
    } catch (error) {
      return { error };
    }
  };
}

function builtInAfter(filter: Filter): After {
  return async ({ msg, coreSession, context }, { error, answer }) => {
    try {
      await filter.after?.(error ? { error } : { answer }, msg, coreSession, context);
      return error;
    } catch (replaced) {
      return replaced;
    }
  };
}
