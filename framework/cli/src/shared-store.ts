import type { ClusterConfig } from '@pomelo-ts/cluster';

/** Whether masters of this cluster agree in a store outside of them, so that another one can take over. */
export const hasSharedStore = ({ master }: ClusterConfig): boolean => master.store.kind !== 'memory';
