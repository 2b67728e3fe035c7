import type { CoordinationStore, OperatorHandler } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import type { Tenure } from '../leadership/tenure.js';
import type { Leadership } from '../leadership.js';

const wantedKey = 'wanted';
/** How often a change is looked for that no operator has made, in ms. */
const lookMs = 250;

/** Whose servers are meant. */
interface Source {
  readonly wanted: readonly string[];
}

/** The ids of the servers that should run, kept in the store: the next master starts what is missing of them, and nothing else. */
export class WantedServers {
  readonly #store: CoordinationStore;
  readonly #leadership: Leadership;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #source: Source | undefined;
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

  /** What a former master has left; undefined when none was there, or an operator has stopped everything. */
  async left(): Promise<readonly string[] | undefined> {
    const held = await this.#store.get(wantedKey);
    return held && (JSON.parse(held.value) as string[]);
  }

  /** Writes down what is about to be started. */
  async intend(ids: readonly string[], tenure: Tenure): Promise<void> {
    await this.#write(JSON.stringify([...ids].sort()), tenure);
  }

  /** Keeps what `source` wants from now on. */
  follow(source: Source, tenure: Tenure): void {
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

  async clear(tenure: Tenure): Promise<void> {
    await this.#saving;
    await this.#store.delete(wantedKey, this.#leadership.guardOf(tenure));
    this.#saved = '';
  }

  /** The commands of operators, each answered once what it has changed is written down. */
  savedAfter(handler: OperatorHandler): OperatorHandler {
    return async (command, args, progress) => {
      const result = await handler(command, args, progress);
      const { master } = (result ?? {}) as { master?: unknown };
      if (master !== 'stopped') await this.save(); // then the master closes right after its answer
      return result;
    };
  }

  /** Writes what is wanted now, if that is new. A store that is away is tried again soon. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      const [source, tenure] = [this.#source, this.#tenure];
      const text = source && JSON.stringify([...source.wanted].sort());
      if (text === undefined || text === this.#saved || !tenure?.holds()) return;
      try {
        await this.#write(text, tenure);
      } catch (error) {
        this.#logger.warn('Which servers should run could not be written down.', { error });
      }
    });
    return this.#saving;
  }

  async #write(text: string, tenure: Tenure): Promise<void> {
    const written = await this.#store.put(wantedKey, text, {
      condition: this.#leadership.guardOf(tenure),
    });
    if (written) this.#saved = text;
  }
}
