import type { CoordinationStore } from '@pomelo-ts/cluster';
import type { OperatorHandler } from '@pomelo-ts/cluster/masters';
import { type Clock, delay, isPomeloError, type Logger } from '@pomelo-ts/common';
import type { AccountKeeper } from '../accounts/account-book.js';
import type { AccountCopy } from '../accounts/account-copy.js';
import { AccountStore } from '../accounts/account-store.js';
import { type BlacklistKeeper, BlacklistStore } from '../blacklist.js';
import type { Tenure } from '../leadership/tenure.js';
import type { Leadership } from '../leadership.js';
import type { OutsideServer } from '../processes/outside-server.js';
import type { TopologyChanges } from '../topology/topology-file.js';

/** What a master leaves to the next one. */
export interface Kept {
  /** Ids of the servers that should run; undefined when an operator has stopped everything. */
  readonly wanted?: readonly string[] | undefined;
  /** Servers that run and that something else has started: the next master waits for them, too. */
  readonly outside: readonly OutsideServer[];
  /** Ids of servers that operators have drain: also those that the next master starts again. */
  readonly drained: readonly string[];
  /** Servers that operators have added and removed. */
  readonly topologyChanges: TopologyChanges;
}

const key = 'state';
/** How often a change is looked for that no operator has made, and a store that is away is asked again, in ms. */
const lookMs = 250;

/** Keeps in the store what the next master must know: it starts what is missing, and nothing that an operator has stopped. */
export class KeptState {
  readonly #store: CoordinationStore;
  readonly #leadership: Leadership;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #source: Kept | undefined;
  #tenure: Tenure | undefined;
  #saved = '';
  #saving: Promise<void> = Promise.resolve();
  #stop: () => void = () => {};

  constructor(
    store: CoordinationStore,
    leadership: Leadership,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#store = store;
    this.#leadership = leadership;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** What the former master has left, asked for while `tenure` holds; undefined when there never was one. */
  async left(tenure: Tenure): Promise<Kept | undefined> {
    const held = await this.#patiently(tenure, 'What the former master has left', () => this.#store.get(key));
    return held && (JSON.parse(held.value) as Kept);
  }

  /** The blacklist as former masters have left it, and where it is kept while `tenure` holds. */
  blacklist(tenure: Tenure): Promise<BlacklistKeeper> {
    const condition = () => this.#leadership.guardOf(tenure);
    return this.#patiently(tenure, 'The blacklist', () => BlacklistStore.open(this.#store, condition));
  }

  /** Accounts and keys as former masters have left them, and where they are kept while `tenure` holds; `copy` is what is in this folder. */
  accounts(tenure: Tenure, copy: AccountCopy): Promise<AccountKeeper> {
    const condition = () => this.#leadership.guardOf(tenure);
    const parts = { store: this.#store, condition, copy, logger: this.#logger };
    return this.#patiently(tenure, 'The book of accounts', () => AccountStore.open(parts));
  }

  /** Writes down what is about to be, or what shall be left for good. */
  async write(kept: Kept, tenure: Tenure): Promise<void> {
    await this.#saving;
    await this.#patiently(tenure, 'What the next master must know', () => this.#put(textOf(kept), tenure));
  }

  /** Works with the store until it answers, or the tenure is over. */
  async #patiently<T>(tenure: Tenure, what: string, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!tenure.holds() || !isPomeloError(error, 'STORE_UNREACHABLE')) throw error;
        this.#logger.warn(`${what} waits for the store; trying again.`, { error });
        await delay(lookMs, this.#clock);
      }
    }
  }

  /** Keeps what `source` says from now on. */
  follow(source: Kept, tenure: Tenure): void {
    this.#source = source;
    this.#tenure = tenure;
    this.#stop = this.#clock.every(lookMs, () => void this.save());
    void this.save();
  }

  /** Follows nobody any more; what was written stays. */
  forget(): void {
    this.#stop();
    this.#source = undefined;
  }

  /** The commands of operators, each answered once what it has changed is written down. */
  savedAfter(handler: OperatorHandler): OperatorHandler {
    return async (call, progress) => {
      const result = await handler(call, progress);
      const { master } = (result ?? {}) as { master?: unknown };
      if (master !== 'stopped') await this.save(); // then the master closes right after its answer
      return result;
    };
  }

  /** Writes what the source says now, if that is new. A store that is away is tried again soon. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      const [source, tenure] = [this.#source, this.#tenure];
      const text = source && textOf(source);
      if (text === undefined || text === this.#saved || !tenure?.holds()) return;
      try {
        await this.#put(text, tenure);
      } catch (error) {
        this.#logger.warn('What the next master must know could not be written down.', { error });
      }
    });
    return this.#saving;
  }

  async #put(text: string, tenure: Tenure): Promise<void> {
    const written = await this.#store.put(key, text, { condition: this.#leadership.guardOf(tenure) });
    if (written) this.#saved = text;
  }
}

const textOf = ({ wanted, outside, drained, topologyChanges }: Kept): string =>
  JSON.stringify({ ...(wanted && { wanted: [...wanted].sort() }), outside, drained, topologyChanges });
