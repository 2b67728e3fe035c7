import { type Clock, PomeloError, systemClock } from '@pomelo-ts/common';
import type { Filter } from '../filter.js';
import type { RequestContext } from '../route-context.js';

/** Settings of {@link timeoutFilter}. */
export interface TimeoutOptions {
  /** Longest time in ms for a request. @default 3000 */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** A request that takes too long is answered with REQUEST_TIMEOUT; what its handler gives later is ignored. */
export function timeoutFilter(options: TimeoutOptions = {}): Filter {
  const { timeoutMs = 3000, clock = systemClock } = options;
  const running = new WeakMap<RequestContext, () => void>();
  return {
    before(_msg, _session, context) {
      const timeout = (): void =>
        context.fail(new PomeloError('REQUEST_TIMEOUT', { route: context.route, ms: timeoutMs }));
      running.set(context, clock.after(timeoutMs, timeout));
    },
    after(_outcome, _msg, _session, context) {
      running.get(context)?.();
    },
  };
}
