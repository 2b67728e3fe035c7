import type { OwnStats, ServerStats } from '../link/messages.js';

/** Whom a server cannot call, though the master sees both. */
export interface Reach {
  /** Ids of servers, at most {@link maxUnreached}. */
  readonly unreached: readonly string[];
  /** Types of backends of which it reaches nobody. */
  readonly cutFrom: readonly string[];
}

/** What a server tells of itself, with whom it cannot reach when there is somebody. */
export type OwnStatsAndReach = OwnStats & { readonly reach?: Reach };
export type ServerStatsAndReach = ServerStats & { readonly reach?: Reach };

/** So that a cut through a large cluster makes no large messages. */
export const maxUnreached = 50;

/** Whom a server has told that it cannot reach; undefined when it reaches all. */
export function reachIn({ reach }: ServerStatsAndReach): Reach | undefined {
  return reach && reach.unreached.length + reach.cutFrom.length > 0 ? reach : undefined;
}
