/** `DEGRADED`: it serves, but somebody must look. */
export type HealthStatus = 'UP' | 'DEGRADED' | 'DOWN';

/** How one component is. */
export interface HealthFinding {
  readonly status: HealthStatus;
  /** What is wrong, for other than `UP`. */
  readonly cause?: string;
  /** What mends it. */
  readonly cure?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** How a process is, in the shape of Spring's actuator, which monitoring systems know. */
export interface HealthReport {
  /** The worst of its components. */
  readonly status: HealthStatus;
  readonly components: Readonly<
    Record<string, HealthFinding & { /** ISO time since when the status is that. */ readonly since: string }>
  >;
}

/** Gives nothing while there is nothing to look at: then the component is left out. */
type Look = () => HealthFinding | undefined;

const worse: readonly HealthStatus[] = ['UP', 'DEGRADED', 'DOWN'];

/**
 * The health of a process, by its components. What goes wrong is dated by the first look that sees it.
 *
 * @example
 * const health = new Health(Date.now);
 * health.add('link', () => (link.connected ? { status: 'UP' } : { status: 'DEGRADED', cause: 'the master is silent' }));
 * health.look(); // { status: 'UP', components: { link: { status: 'UP', since: '2026-11-28T10:00:00.000Z' } } }
 */
export class Health {
  readonly #looks = new Map<string, Look>();
  readonly #known = new Map<string, { readonly status: HealthStatus; readonly since: string }>();
  readonly #wallTime: () => number;

  /** @param wallTime milliseconds since 1970 */
  constructor(wallTime: () => number) {
    this.#wallTime = wallTime;
  }

  add(component: string, look: Look): void {
    this.#looks.set(component, look);
  }

  look(): HealthReport {
    const components: Record<string, HealthReport['components'][string]> = {};
    let worst = 0;
    for (const [component, look] of this.#looks) {
      const finding = findingOf(look);
      if (!finding) {
        this.#known.delete(component);
        continue;
      }
      worst = Math.max(worst, worse.indexOf(finding.status));
      components[component] = { ...finding, since: this.#since(component, finding.status) };
    }
    return { status: worse[worst]!, components };
  }

  #since(component: string, status: HealthStatus): string {
    const known = this.#known.get(component);
    if (known?.status === status) return known.since;
    const since = new Date(this.#wallTime()).toISOString();
    this.#known.set(component, { status, since });
    return since;
  }
}

/** A component that cannot be looked at is not well. */
function findingOf(look: Look): HealthFinding | undefined {
  try {
    return look();
  } catch (error) {
    return { status: 'DEGRADED', cause: `it cannot be looked at: ${(error as Error).message}` };
  }
}
