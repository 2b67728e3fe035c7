import type { CronPattern } from './pattern.js';
import { nextWallTime } from './wall-time.js';
import type { Zone } from './zone.js';

/** No change of a clock shows again what it showed longer ago, in ms. */
const longestRepeat = 86_400_000;

/**
 * When a cron is due next, later than `after`, in ms since 1970. An interval is due whenever the wall clock shows one of its times, so it
 * goes on through an hour that comes twice, and has nothing in one that does not come. A pattern that names its hours is due once for
 * each day and time: at the first of two, and where there is none, at the next instant that there is.
 */
export function nextCronTime(pattern: CronPattern, zone: Zone, after: number): number | undefined {
  const from = Math.floor(after / 1000) * 1000 + 1000;
  let span = zone.spanAt(from - longestRepeat);
  /** What the wall clock had come to when the span before ended. */
  let shown = Number.NEGATIVE_INFINITY;
  for (;;) {
    const begin = Math.max(from, span.from);
    const wall =
      pattern.interval || shown === Number.NEGATIVE_INFINITY
        ? begin + span.offset
        : // What was shown already is not due again, and what was skipped is not lost.
          Math.max(from > span.from ? from + span.offset : shown, shown);
    const next = nextWallTime(pattern, wall);
    if (next === undefined) return undefined;
    const due = Math.max(next - span.offset, span.from);
    if (zone.lasts(span, due)) return due;
    const following = zone.after(span);
    shown = following.from + span.offset;
    span = following;
  }
}
