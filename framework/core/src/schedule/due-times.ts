/** Times of a cron that passed without a run of their own. */
export interface Missed {
  readonly times: number;
  /** How long ago the newest of them was, in ms. */
  readonly agoMs: number;
  /** Whether a run that begins now stands for them. */
  readonly madeUp: boolean;
}

/** The time after another, in ms since 1970. */
type NextAfter = (time: number) => number | undefined;

/** Times that are counted one by one. A cron of every second has not so many in a day. */
const mostCounted = 100_000;
/** A clock that is set back by no more than this is waited for, in ms. */
const leastWaitMs = 60_000;
/** A clock that is set back by more than this was wrong before, in ms. */
const longestWaitMs = 86_400_000;

/**
 * What there is to do for the times from `first` up to `now`: one run, for the newest, when that is no longer ago than `lateMs`. The
 * others are missed.
 */
export function timesUpTo(
  now: number,
  first: number,
  lateMs: number,
  nextAfter: NextAfter,
): { newest?: number; missed?: Missed } {
  let [newest, before] = [first, first];
  let times = 1;
  for (let next = nextAfter(first); next !== undefined && next <= now; next = nextAfter(next)) {
    [newest, before] = [next, newest];
    if (++times > mostCounted) break;
  }
  const madeUp = times <= mostCounted && now - newest <= lateMs;
  if (!madeUp) return { missed: { times, agoMs: now - newest, madeUp } };
  return times === 1 ? { newest } : { newest, missed: { times: times - 1, agoMs: now - before, madeUp } };
}

/**
 * What a cron still counts as done when its clock is set back to `now`: the newest time that it has run for, `told`, until the clock
 * has come there again, so that it runs for no time twice. That it does for as long as the cron waits from one time to the next, a minute
 * at least and a day at most; a clock that was further ahead was wrong, and the cron goes on as it says now.
 */
export function afterSetBack(
  told: number | undefined,
  now: number,
  nextAfter: NextAfter,
): number | undefined {
  if (told === undefined) return undefined;
  const pause = (nextAfter(told) ?? Number.POSITIVE_INFINITY) - told;
  const wait = Math.min(Math.max(pause, leastWaitMs), longestWaitMs);
  return told - now <= wait ? told : undefined;
}
