import type { Clock, Logger, OpenHandles } from '@pomelo-ts/common';
import type { RouteTimes } from '../measures/duration-measures.js';
import type { CoreMeasures } from '../measures.js';
import type { ClientFormat } from '../wire/client-format.js';
import type { ErrorHandler } from './filter.js';

/** Settings of a a dispatcher. */
export interface DispatcherOptions {
  readonly serverType: string;
  readonly format: ClientFormat;
  readonly timeoutMs: number;
  /** Longest answer in bytes: what a package holds, and a frame between servers. */
  readonly maxAnswerBytes: number;
  /** Handlers that may be at work for notifies; beyond, notifies are dropped: they are nobody's to wait for. */
  readonly maxPendingNotifies: number;
  readonly onError: ErrorHandler | undefined;
  /** Times of requests by route. */
  readonly times: OpenHandles<RouteTimes>;
  readonly clock: Clock;
  readonly counters: CoreMeasures;
  readonly logger: Logger;
}
