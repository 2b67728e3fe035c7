import { type RegistryEntry, type RegistryView, serves } from '@pomelo-ts/cluster';
import type { RpcNode } from '@pomelo-ts/rpc';

/** What follows a server's leaving, beside RPC. */
export type OnServerGone = (entry: RegistryEntry) => void;

/**
 * Keeps the RPC node's peers as the registry has them; the returned function ends that.
 *
 * Of two servers the one that joined later dials the other, once either is ready: so nobody dials a port that is not open
 * yet, and no pair is ever dialed from both ends.
 */
export function followRegistry(registry: RegistryView, node: RpcNode, onGone: OnServerGone): () => void {
  const self = (): RegistryEntry | undefined => registry.get(node.id);
  const add = (entry: RegistryEntry): void => {
    if (entry.state === 'gone' || entry.id === node.id) return;
    const dial = entry.joined < (self()?.joined ?? Number.POSITIVE_INFINITY);
    const own = self();
    if (dial && entry.state === 'starting' && !(own && serves(own))) return;
    const { id, bootId, type, host, port, weight } = entry;
    node.addPeer({ id, bootId, type, host, weight, dial, ...(port === undefined ? {} : { port }) });
  };
  const addAll = (): void => {
    for (const entry of registry.all) add(entry);
  };
  const stop = registry.onChange((change) => {
    if ('removed' in change) {
      node.removePeer(change.removed.id, change.removed.bootId);
      onGone(change.removed);
      return;
    }
    const entry = 'added' in change ? change.added : change.changed;
    if (entry.id === node.id) addAll();
    else add(entry);
  });
  addAll();
  return stop;
}
