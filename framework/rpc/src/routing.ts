import { Rendezvous } from '@pomelo-ts/common/internal';

/** How one server of a type is chosen for a call. */
export const routeStrategies = ['hash', 'roundRobin', 'weighted', 'leastBusy'] as const;
export type RouteStrategy = (typeof routeStrategies)[number];

/** What a strategy sees of a server. */
export interface RouteCandidate {
  readonly id: string;
  readonly weight: number;
  /** Calls of this process that wait for an answer of that server. */
  readonly pending: number;
}

/** Chooses among the servers that are there now; a server that left is never chosen. `hash` takes a list that it was given before to be as it was. */
export type Balancer = <T extends RouteCandidate>(candidates: readonly T[], key: string) => T | undefined;

/** A balancer with its own state. `key` matters to `hash` alone. */
export function createBalancer(strategy: RouteStrategy): Balancer {
  switch (strategy) {
    case 'hash':
      return byHash();
    case 'roundRobin':
      return roundRobin();
    case 'weighted':
      return weighted();
    case 'leastBusy':
      return leastBusy();
  }
}

/** The same servers are asked for again and again: what is hashed of them is kept as long as they are the same list. */
function byHash(): Balancer {
  let last: { readonly of: readonly RouteCandidate[]; readonly all: Rendezvous<RouteCandidate> } | undefined;
  return <T extends RouteCandidate>(candidates: readonly T[], key: string) => {
    if (last?.of !== candidates) last = { of: candidates, all: new Rendezvous(candidates, ({ id }) => id) };
    return last.all.pick(key) as T | undefined;
  };
}

function roundRobin(): Balancer {
  let turn = 0;
  return (candidates) => {
    if (candidates.length === 0) return undefined;
    turn = (turn + 1) % candidates.length;
    return candidates[turn];
  };
}

/** Smooth weighted round robin: each gains its weight a turn, the richest is taken and pays the sum. */
function weighted(): Balancer {
  const credit = new Map<string, number>();
  return (candidates) => {
    let best: (typeof candidates)[number] | undefined;
    let bestCredit = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (const candidate of candidates) {
      if (candidate.weight <= 0) continue;
      const gained = (credit.get(candidate.id) ?? 0) + candidate.weight;
      credit.set(candidate.id, gained);
      total += candidate.weight;
      if (gained > bestCredit) {
        best = candidate;
        bestCredit = gained;
      }
    }
    if (best) credit.set(best.id, bestCredit - total);
    if (credit.size > candidates.length * 2) forgetGone(credit, candidates);
    return best;
  };
}

function forgetGone(credit: Map<string, number>, candidates: readonly RouteCandidate[]): void {
  const here = new Set(candidates.map((candidate) => candidate.id));
  for (const id of credit.keys()) if (!here.has(id)) credit.delete(id);
}

/** The one with the fewest waiting calls; those equally busy take turns. */
function leastBusy(): Balancer {
  let turn = 0;
  return (candidates) => {
    let best: (typeof candidates)[number] | undefined;
    turn++;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[(i + turn) % candidates.length]!;
      if (!best || candidate.pending < best.pending) best = candidate;
    }
    return best;
  };
}
