import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PomeloError } from '@pomelo-ts/common';
import type { Filter } from '../filter.js';

/** Settings of {@link tooBusyFilter}. */
export interface TooBusyOptions {
  /** Longest delay of the event loop in ms, over the last quarter of a second. @default 70, as pomelo has it */
  readonly maxLagMs?: number;
  /** What measures that delay. @default Node's own measure of this process */
  readonly lagMs?: () => number;
}

/** Requests are answered with SERVER_BUSY (code 503) while this process cannot keep up. */
export function tooBusyFilter(options: TooBusyOptions = {}): Filter {
  const { maxLagMs = 70, lagMs = eventLoopLag() } = options;
  return {
    before(_msg, _session, context) {
      const ms = lagMs();
      if (ms > maxLagMs) throw new PomeloError('SERVER_BUSY', { route: context.route, ms: Math.round(ms) });
    },
  };
}

/** How often the event loop's delay is sampled, and how long a reading counts, in ms. */
const resolutionMs = 10;
const windowMs = 250;

/** The mean delay of the event loop over the last full window. */
function eventLoopLag(): () => number {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let last = 0;
  let since = performance.now();
  return () => {
    const now = performance.now();
    if (now - since >= windowMs) {
      // Between two samples at least the resolution passes: only what is beyond is delay.
      last = histogram.count > 0 ? Math.max(0, histogram.mean / 1e6 - resolutionMs) : 0;
      histogram.reset();
      since = now;
    }
    return last;
  };
}
