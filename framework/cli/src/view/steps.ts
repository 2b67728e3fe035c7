import { type Tiered, tiersOf } from '@pomelo-ts/cluster/internal';

/** One line of a progress view: servers that start or stop together. */
export interface Step {
  readonly doing: 'start' | 'stop';
  readonly title: string;
  readonly ids: readonly string[];
  /** Whether some of them are watched for a while once they are ready. */
  readonly watched?: boolean;
}

/** Backends, then connectors, then gates. */
export function startSteps(servers: readonly Tiered[]): Step[] {
  return tiersOf(servers).map(({ name, ids }) => ({ doing: 'start', title: name, ids }));
}

/** Gates, then connectors, then backends. */
export function stopSteps(servers: readonly Tiered[]): Step[] {
  return tiersOf(servers)
    .reverse()
    .map(({ name, ids }) => ({ doing: 'stop', title: name, ids }));
}

/** Backends restart, then connectors, then gates. */
export function restartSteps(servers: readonly Tiered[]): Step[] {
  return startSteps(servers).map((step) => ({
    ...step,
    title: `restart ${step.title}`,
    watched: true,
  }));
}
