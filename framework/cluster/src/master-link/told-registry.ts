import type { HubMessage } from '../link/messages.js';
import type { RegistryFollower, RegistrySource } from '../registry/source.js';
import type { RegistrySnapshot } from '../registry.js';

/** Messages of the master about who is in the cluster. */
export type RegistryMessage = Extract<HubMessage, { t: 'snapshot' | 'delta' | 'settled' }>;

/** The registry as the master's messages tell it. */
export class ToldRegistry implements RegistrySource {
  readonly #followers = new Set<RegistryFollower>();
  readonly #resync: () => void;

  /** `resync` asks the master for a snapshot. */
  constructor(resync: () => void) {
    this.#resync = resync;
  }

  follow(follower: RegistryFollower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  snapshot(snapshot: RegistrySnapshot): void {
    for (const follower of this.#followers) follower.applySnapshot(snapshot);
  }

  receive(message: RegistryMessage): void {
    if (message.t === 'snapshot') this.snapshot(message.snapshot);
    else for (const follower of this.#followers) this.#tell(follower, message);
  }

  #tell(follower: RegistryFollower, message: Exclude<RegistryMessage, { t: 'snapshot' }>): void {
    if (message.t === 'settled') follower.settle();
    else if (!follower.applyDelta(message.delta)) this.#resync();
  }
}
