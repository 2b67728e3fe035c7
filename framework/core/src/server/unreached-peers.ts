import { type Reach, type RegistryEntry, type RegistryView, serves } from '@pomelo-ts/cluster';
import { maxUnreached } from '@pomelo-ts/cluster/internal';
import type { Clock } from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';

/** How long there may be no connection to a server before it counts as out of reach, in ms: dialing takes its time. */
const patienceMs = 3000;

/** Sees which servers are ready by the word of the master, but cannot be reached from here. */
export class UnreachedPeers {
  readonly #registry: RegistryView;
  readonly #node: RpcNode;
  readonly #clock: Clock;
  /** When each life was first seen without a connection. */
  #since = new Map<string, number>();

  constructor(registry: RegistryView, node: RpcNode, clock: Clock) {
    this.#registry = registry;
    this.#node = node;
    this.#clock = clock;
  }

  /** Looks now; undefined when all can be reached. Call it again and again. */
  look(): Reach | undefined {
    const self = this.#registry.get(this.#node.id);
    const peers = self && serves(self) ? this.#registry.all.filter((entry) => isPeer(entry, self)) : [];
    const since = new Map<string, number>();
    const now = this.#clock.now();
    for (const { id, bootId } of peers) {
      const life = `${id} ${bootId}`;
      if (!this.#node.peer(id)?.connection) since.set(life, this.#since.get(life) ?? now);
    }
    this.#since = since;
    const isUnreached = ({ id, bootId }: RegistryEntry) =>
      now - (since.get(`${id} ${bootId}`) ?? now) >= patienceMs;
    const unreached = peers.filter(isUnreached);
    if (unreached.length === 0) return undefined;
    const reached = new Set(peers.filter((peer) => !isUnreached(peer)).map(({ type }) => type));
    const lost = self?.frontend ? unreached.filter((peer) => !peer.frontend && !reached.has(peer.type)) : [];
    return {
      unreached: unreached.slice(0, maxUnreached).map(({ id }) => id),
      cutFrom: [...new Set(lost.map(({ type }) => type))].sort().slice(0, maxUnreached),
    };
  }
}

/** Whether these two talk to each other: one of them has a port for that. */
function isPeer(entry: RegistryEntry, self: RegistryEntry): boolean {
  if (entry.id === self.id || !serves(entry)) return false;
  return entry.port !== undefined || self.port !== undefined;
}
