/** How far back figures are remembered: each second of ten minutes, and every ten seconds of six hours. */
export const pastSpans = {
  '10m': { points: 600, stepSeconds: 1 },
  '6h': { points: 2160, stepSeconds: 10 },
} as const;

export type PastSpan = keyof typeof pastSpans;

/** Figures of the whole cluster that are remembered; see {@link Summary} for what they are. */
export const clusterFigures = ['online', 'requests', 'errors', 'p99', 'pushes'] as const;

/** Figures of each server that are remembered: columns of the view of servers, over windows of 10 seconds. */
export const serverFigures = ['connections', 'requests', 'errors', 'p99', 'cpu', 'loop', 'memory'] as const;

/** Figures of a server or of the cluster as they were, and what happened meanwhile. */
export interface Past {
  /** When the last point is of, in ms since 1970. */
  readonly at: number;
  /** Seconds from a point to the next. */
  readonly stepSeconds: number;
  /** By the name of the figure, oldest first, as far back as something is known; null where nothing was. All are of one length. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
  /** Oldest first, of the same time. */
  readonly happenings: readonly Happening[];
}

/**
 * Something that happened to a server: it is in another state, it was started again after a crash, it runs another build. Another
 * configuration is for all of them: its `id` is that of the master.
 */
export interface Happening {
  /** In ms since 1970. */
  readonly at: number;
  readonly kind: 'state' | 'crash' | 'build' | 'config';
  readonly id: string;
  /** The state or the build that it has since; of another configuration, what is different: `+chat-3, settings.log.level`. */
  readonly is?: string;
  /**
   * How it ended, of a crash and of a server that is gone, given up or down: `signal SIGKILL`, `it hung and was killed`, `stopped`; and who
   * has had it started, drained or stopped: `restart by ann`.
   */
  readonly why?: string;
}

/** What shows that something has happened to a server. */
export interface Condition {
  readonly id: string;
  readonly state: string;
  readonly restarts: number;
  readonly build: string | null;
  /** How its last life ended, as far as that is known. */
  readonly end?: string | undefined;
  /** The operation that changes it now: `restart by ann`. */
  readonly by?: string | undefined;
}

/** States that come of an end: one that nobody wanted, or that somebody did. */
const ended: ReadonlySet<string> = new Set(['gone', 'failed', 'down']);

/** States that operators bring servers into; `ready` is one after `draining` alone. */
const wanted: ReadonlySet<string> = new Set(['starting', 'stopping', 'draining', 'down']);

/** What happened to a server between two looks at it. Of one that is seen for the first time, nothing is known to have happened. */
export function happenedBetween(
  before: Condition | undefined,
  { id, state, restarts, build, end, by }: Condition,
  at: number,
): readonly Happening[] {
  if (!before) return [];
  const happened: Happening[] = [];
  const how = end === undefined ? {} : { why: end };
  // a life that follows within a second is all that is seen of an end
  if (restarts > before.restarts) happened.push({ at, kind: 'crash', id, ...how });
  if (state !== before.state) {
    // one that has ended by itself is started by the master, whatever else goes on with it
    const isWanted = wanted.has(state) && before.state !== 'gone' && restarts === before.restarts;
    const isBack = state === 'ready' && before.state === 'draining';
    const why = [ended.has(state) ? end : undefined, isWanted || isBack ? by : undefined];
    const told = why.filter((one) => one !== undefined).join(', ');
    happened.push({ at, kind: 'state', id, is: state, ...(told !== '' && { why: told }) });
  }
  if (before.build && build && build !== before.build) happened.push({ at, kind: 'build', id, is: build });
  return happened;
}
