import {
  type Application,
  type Filter,
  type RequestContext,
  serialFilter,
  tooBusyFilter,
} from '@pomelo-ts/core';
import { type BuiltInFilter, builtIn } from './old-filter.js';

/** What pomelo calls as a function and pinus with `new`. */
export interface FilterMaker<Args extends unknown[]> {
  (...args: Args): BuiltInFilter;
  new (...args: Args): BuiltInFilter;
}

/** A function that gives an object can be called with `new` as well, unless it is an arrow. */
function maker<Args extends unknown[]>(make: (...args: Args) => (app: Application) => Filter) {
  return function filter(...args: Args): BuiltInFilter {
    return { [builtIn]: make(...args) };
  } as unknown as FilterMaker<Args>;
}

/** Requests of one session run one after the other; one that takes longer than `timeoutMs` is answered with an error. */
export const serial = maker<[timeoutMs?: number]>(
  (timeoutMs = 3000) =>
    () =>
      serialFilter({ timeoutMs }),
);

/** Requests fail while the delay of the event loop is over `maxLagMs`. */
export const toobusy = maker<[maxLagMs?: number]>(
  (maxLagMs = 70) =>
    () =>
      tooBusyFilter({ maxLagMs }),
);

/** Warns of requests that take longer than `timeoutMs`. */
export const timeout = maker<[timeoutMs?: number]>((timeoutMs = 3000) => (app): Filter => {
  const running = new WeakMap<RequestContext, NodeJS.Timeout>();
  return {
    before(_msg, _session, context) {
      const warn = (): void => app.logger.warn(`request ${context.route} timeout`, { ms: timeoutMs });
      running.set(context, setTimeout(warn, timeoutMs).unref());
    },
    after(_outcome, _msg, _session, context) {
      clearTimeout(running.get(context));
    },
  };
});

/** Logs how long each request takes. */
export const time = maker(() => (app): Filter => {
  const begun = new WeakMap<RequestContext, number>();
  return {
    before(_msg, _session, context) {
      begun.set(context, performance.now());
    },
    after(_outcome, _msg, _session, context) {
      const timeUsed = Math.round(performance.now() - (begun.get(context) ?? performance.now()));
      app.logger.info('request', { route: context.route, timeUsed });
    },
  };
});
