import type { CoordinationStore, StoreChange } from '@pomelo-ts/cluster';
import type { Leader } from '../leadership/leader.js';
import type { Tenure } from '../leadership/tenure.js';
import type { Leadership } from '../leadership.js';

const endKey = 'ended';

/** Tells all masters that an operator has stopped the cluster, so that those that stand by end as well. */
export class ClusterEnd {
  readonly #store: CoordinationStore;
  readonly #leadership: Leadership;
  readonly #onEnd: (by: Leader | undefined) => void;
  #stop: () => void = () => {};

  constructor(store: CoordinationStore, leadership: Leadership, onEnd: (by: Leader | undefined) => void) {
    this.#store = store;
    this.#leadership = leadership;
    this.#onEnd = onEnd;
  }

  async watch(): Promise<void> {
    this.#stop = await this.#store.watch(endKey, (change) => void this.#hear(change));
  }

  /** Tells the others. */
  async announce(tenure: Tenure): Promise<void> {
    const { leader } = this.#leadership;
    const text = JSON.stringify({ leader, term: tenure.term });
    await this.#store.put(endKey, text, { condition: this.#leadership.guardOf(tenure) });
  }

  close(): void {
    this.#stop();
  }

  /** Word may come late, to a master that was cut off: then another one leads again, and it counts no more. */
  async #hear(change: StoreChange): Promise<void> {
    if (!('put' in change) || change.put.key !== endKey) return;
    const { leader, term } = JSON.parse(change.put.value) as { leader?: Leader; term: number };
    const present = await this.#leadership.look();
    if (present === undefined || present.term <= term) this.#onEnd(leader);
  }
}
