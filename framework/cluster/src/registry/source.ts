import type { RegistryDelta, RegistrySnapshot } from './registry.js';

/** What follows a {@link RegistrySource}, such as a `RegistryCopy`. */
export interface RegistryFollower {
  applySnapshot(snapshot: RegistrySnapshot): void;
  /** Takes a step; false when steps between are missing, so that a snapshot is needed. */
  applyDelta(delta: RegistryDelta): boolean;
  /** Those that a snapshot left open have had their time to come back. */
  settle(): void;
}

/** Where a server hears from who is in the cluster: the master's messages, or the table itself in one process. */
export interface RegistrySource {
  /** Tells `follower` what is known now or comes next, as a snapshot, and each step from there; the returned function ends that. */
  follow(follower: RegistryFollower): () => void;
}
