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

/** Reads what a server has told; it has proved itself, yet may be of another build. */
export function reachIn(stats: ServerStatsAndReach): Reach | undefined {
  const { unreached, cutFrom } = (stats.reach ?? {}) as { unreached?: unknown; cutFrom?: unknown };
  const reach = { unreached: textsOf(unreached), cutFrom: textsOf(cutFrom) };
  return reach.unreached.length + reach.cutFrom.length > 0 ? reach : undefined;
}

function textsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, maxUnreached).filter((item) => typeof item === 'string' && item.length <= 200);
}
