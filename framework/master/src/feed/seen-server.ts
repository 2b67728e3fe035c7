import type { ServerRow } from '../servers/server-row.js';
import type { Faulty } from './fault-past.js';
import type { Reading } from './reading.js';
import type { Rates } from './server-past.js';

/** One server at one moment: what the master knows, what it told last, and what it did. */
export interface SeenServer {
  readonly row: Omit<ServerRow, 'counters'>;
  /** Whether it should run. */
  readonly wanted: boolean;
  /** Undefined while it tells nothing. */
  readonly reading: Reading | undefined;
  /** What it told when the window began that was asked for. */
  readonly before: Reading | undefined;
  /** Over that window. */
  readonly rates: Rates | undefined;
  /** Over the last 10 seconds. */
  readonly latest: Rates | undefined;
  /** Over the last minute. */
  readonly lastMinute: Rates | undefined;
  /** The network on the blacklist that it is in, so that its probes are not let in. */
  readonly shutOut?: string | undefined;
  /** What has gone wrong of late. */
  readonly faults: Faulty;
  /** Crashes in the last 10 minutes. */
  readonly crashes: number;
  /** How its life before this one ended, when that was no wish of anybody. */
  readonly crashed?: string | undefined;
}

/** Whether a server serves: one that drains still does. */
export const serves = ({ row: { state } }: SeenServer): boolean => state === 'ready' || state === 'draining';

/** Whether nobody has stopped it: also one that has ended by itself and is not started again. */
export const shouldRun = ({ wanted, row: { state } }: SeenServer): boolean =>
  wanted || state === 'gone' || state === 'failed';
