import { enterFilters, type Filter, leaveFilters } from '../filter.js';

/**
 * Several filters as one: befores in order, afters in reverse, as if each had been added by itself.
 *
 * @example
 * export const guarded = composeFilters(tooBusyFilter(), timeoutFilter({ timeoutMs: 2000 }), serialFilter());
 * app.filter(guarded);
 */
export function composeFilters<Msg, Caller, Context extends object>(
  ...filters: readonly Filter<Msg, Caller, Context>[]
): Filter<Msg, Caller, Context> {
  const inside = new WeakMap<Context, Filter<Msg, Caller, Context>[]>();
  return {
    before(msg, caller, context) {
      const entered: Filter<Msg, Caller, Context>[] = [];
      inside.set(context, entered);
      return enterFilters(filters, entered, msg, caller, context);
    },
    async after(outcome, msg, caller, context) {
      const result = await leaveFilters(inside.get(context) ?? [], outcome, msg, caller, context);
      if (result !== outcome) throw result.error;
    },
  };
}
