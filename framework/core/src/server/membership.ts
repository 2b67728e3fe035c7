import type { RegistryEntry, RegistryView } from '@pomelo-ts/cluster';
import type { RpcNode } from '@pomelo-ts/rpc';

/** What follows a server's leaving, beside RPC. */
export type OnServerGone = (entry: RegistryEntry) => void;

/** Keeps the RPC node's peers as the registry has them; the returned function ends that. */
export function followRegistry(registry: RegistryView, node: RpcNode, onGone: OnServerGone): () => void {
  const add = (entry: RegistryEntry): void => {
    const { id, bootId, type, host, port, weight, state } = entry;
    if (state === 'gone') return;
    node.addPeer({ id, bootId, type, host, weight, ...(port === undefined ? {} : { port }) });
    if (state === 'ready') node.dialNow(id);
  };
  const stop = registry.onChange((change) => {
    if ('removed' in change) {
      node.removePeer(change.removed.id, change.removed.bootId);
      onGone(change.removed);
    } else add('added' in change ? change.added : change.changed);
  });
  for (const entry of registry.all) add(entry);
  return stop;
}
