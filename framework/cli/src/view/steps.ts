import { type Tiered, tiersOf } from '@pomelo-ts/cluster';

/** One line of a progress view: servers that start or stop together. */
export interface Step {
  readonly doing: 'start' | 'stop';
  readonly title: string;
  readonly ids: readonly string[];
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

/** Those of `servers` that run stop, and then all start. */
export function restartSteps(servers: readonly (Tiered & { readonly pid?: number })[]): Step[] {
  const running = servers.filter(({ pid }) => pid !== undefined);
  return [...stopSteps(running), ...startSteps(servers)].map((step) => ({
    ...step,
    title: `${step.doing} ${step.title}`,
  }));
}
