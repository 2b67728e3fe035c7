import type { Clock } from '@pomelo-ts/common';

/** A wait is cut into parts of that length, in ms. */
const partMs = 250;
/** A part that ends later than that, in ms, was interrupted by a pause of this process or of its machine. */
const pauseMs = 1000;
/** Least that is waited after a pause, in ms: what has come meanwhile is read first. */
const graceMs = 1000;

/**
 * A clock whose waits do not count the time in which this very process was paused: whoever gives somebody else five seconds has to be
 * awake for as long, as the answer may lie there unread. Its `now` is that of `clock`.
 */
export function awakeClock(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    every: (ms, fn) => clock.every(ms, fn),
    after(ms, fn) {
      let left = ms;
      let cancel = () => {};
      const next = () => {
        const part = Math.min(left, partMs);
        const begun = clock.now();
        cancel = clock.after(part, () => {
          left -= part;
          if (clock.now() - begun - part > pauseMs) left = Math.max(left, Math.min(ms, graceMs));
          if (left > 0) next();
          else fn();
        });
      };
      next();
      return () => cancel();
    },
  };
}
