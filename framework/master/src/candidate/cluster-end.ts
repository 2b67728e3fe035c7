import type { CoordinationStore, StoreChange } from '@pomelo-ts/cluster';
import { type Clock, delay, type Logger } from '@pomelo-ts/common';
import type { Leader } from '../leadership/leader.js';
import type { Tenure } from '../leadership/tenure.js';
import type { Leadership } from '../leadership.js';

const endKey = 'ended';
const askAgainMs = 500;

/** Tells all masters that an operator has stopped the cluster, so that those that stand by end as well. */
export class ClusterEnd {
  readonly #store: CoordinationStore;
  readonly #leadership: Leadership;
  readonly #onEnd: (by: Leader | undefined) => void;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #stop: () => void = () => {};
  #closed = false;

  constructor(
    store: CoordinationStore,
    leadership: Leadership,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
    onEnd: (by: Leader | undefined) => void,
  ) {
    this.#store = store;
    this.#leadership = leadership;
    this.#clock = clock;
    this.#logger = logger;
    this.#onEnd = onEnd;
  }

  async watch(): Promise<void> {
    this.#stop = await this.#store.watch(endKey, (change) =>
      this.#hear(change).catch((error: unknown) =>
        this.#logger.warn('The end of the cluster is not known.', { error }),
      ),
    );
  }

  /** Tells the others. */
  async announce(tenure: Tenure): Promise<void> {
    const { leader } = this.#leadership;
    const text = JSON.stringify({ leader, term: tenure.term });
    await this.#store.put(endKey, text, { condition: this.#leadership.guardOf(tenure) });
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  /** Asks until the store answers: what was stopped must not be started again for want of one answer. */
  async #present(): Promise<Leader | undefined> {
    for (;;) {
      try {
        return await this.#leadership.look();
      } catch (error) {
        if (this.#closed) throw error;
        this.#logger.warn('The cluster was stopped, but who leads since is not known yet.', { error });
        await delay(askAgainMs, this.#clock);
      }
    }
  }

  /** Word may come late, to a master that was cut off: then another one leads again, and it counts no more. */
  async #hear(change: StoreChange): Promise<void> {
    if (!('put' in change) || change.put.key !== endKey) return;
    const { leader, term } = JSON.parse(change.put.value) as { leader?: Leader; term: number };
    const present = await this.#present();
    if (present === undefined || present.term <= term) this.#onEnd(leader);
  }
}
