import { type Clock, PomeloError, systemClock } from '@pomelo-ts/common';
import type { Session } from '../../session.js';
import type { Filter } from '../filter.js';
import type { RequestContext } from '../route-context.js';

/** Settings of {@link serialFilter}. */
export interface SerialOptions {
  /** Longest time in ms for one request; then it is answered with REQUEST_TIMEOUT and the next one starts. @default 3000 */
  readonly timeoutMs?: number;
  /** Most requests of one session that wait; one more is answered with REQUEST_QUEUE_FULL. @default 100 */
  readonly maxWaiting?: number;
  readonly clock?: Clock;
}

/** Requests of one session run one after the other, in the order in which they came. */
export function serialFilter(options: SerialOptions = {}): Filter {
  const { timeoutMs = 3000, maxWaiting = 100, clock = systemClock } = options;
  const queues = new WeakMap<Session, SessionQueue>();
  const turns = new WeakMap<RequestContext, () => void>();
  return {
    async before(_msg, session, context) {
      let queue = queues.get(session);
      if (!queue) {
        queue = new SessionQueue();
        queues.set(session, queue);
      }
      if (queue.waiting >= maxWaiting) {
        throw new PomeloError('REQUEST_QUEUE_FULL', { count: queue.waiting, route: context.route });
      }
      const release = await queue.enter();
      const cancel = clock.after(timeoutMs, () => {
        context.fail(new PomeloError('REQUEST_TIMEOUT', { route: context.route, ms: timeoutMs }));
        release();
      });
      turns.set(context, () => {
        cancel();
        release();
      });
    },
    after(_outcome, _msg, _session, context) {
      turns.get(context)?.();
    },
  };
}

class SessionQueue {
  #last: Promise<void> = Promise.resolve();
  /** The one that has its turn, and those that wait. */
  #inside = 0;

  get waiting(): number {
    return Math.max(0, this.#inside - 1);
  }

  /** Resolves when it is the caller's turn; it gives the turn on with what it got, which does nothing the second time. */
  async enter(): Promise<() => void> {
    const before = this.#last;
    let release!: () => void;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    this.#inside++;
    await before;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside--;
      release();
    };
  }
}
