/** How much of the past the head of a screen shows: so many points, ten seconds apart, the last one is now. */
export const pastPoints = 30;

/** One thing that is wrong, for the head of a screen. */
export interface Problem {
  /** Names it as long as it lasts. */
  readonly key: string;
  /** `page`: players notice. `warn`: they will. */
  readonly severity: 'page' | 'warn';
  /** Server, host or part of the cluster. */
  readonly about: string;
  /** `event loop 212 ms late`. */
  readonly what: string;
  /** When it was seen first, in ms since 1970. */
  readonly since: number;
  /** What to look at or to do. */
  readonly next: string;
}

/** The whole cluster in one line, and what is wrong. */
export interface Summary {
  readonly env: string;
  /** The master that leads. */
  readonly leader: { readonly id: string; readonly host: string; readonly term: number };
  readonly hosts: number;
  /** How many servers are in each state. */
  readonly states: Readonly<Record<string, number>>;
  /** Builds that run. */
  readonly builds: readonly string[];
  readonly online: number;
  /** Each second. */
  readonly requests: number;
  /** Share of the requests. */
  readonly errors: number;
  /** Seconds; null when there were no requests. */
  readonly p99: number | null;
  /** Pushes that clients took, each second. */
  readonly pushes: number;
  /** What these were before, oldest first; null where nothing is known. */
  readonly past: {
    readonly online: readonly (number | null)[];
    readonly requests: readonly (number | null)[];
    readonly errors: readonly (number | null)[];
    readonly p99: readonly (number | null)[];
    readonly pushes: readonly (number | null)[];
  };
  /** The worst first, at most ten. */
  readonly problems: readonly Problem[];
  /** How many there are. */
  readonly problemCount: number;
}
