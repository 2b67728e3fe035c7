import type { Page, Summary } from '@pomelo-ts/views';
import { signal } from '@preact/signals';

/** The whole cluster in one line, as the latest page of any view said. */
export const cluster = signal<Summary | undefined>(undefined);

/** When that came, by the clock of this browser. */
export const clusterCameAt = signal(0);

/** Servers that should have told something and did not. */
export const silentServers = signal<readonly string[]>([]);

/** The master that led before this one; set when another begins to lead while somebody looks. */
export const formerLeader = signal<string | undefined>(undefined);

/** A page of a view has come. */
export function tellCluster({ summary, silent }: Page): void {
  const before = cluster.value?.leader;
  if (before && before.term !== summary.leader.term) formerLeader.value = `${before.id} (${before.host})`;
  cluster.value = summary;
  clusterCameAt.value = Date.now();
  silentServers.value = silent;
}
