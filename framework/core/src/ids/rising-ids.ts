import { type Clock, delay, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';

/** What {@link RisingIds} work with. */
export interface RisingIdsOptions {
  readonly serverId: string;
  /** Servers that may be the generator, now. */
  generators(): readonly string[];
  readonly node: Pick<RpcNode, 'request'>;
  readonly clock: Clock;
}

/** The remote of generators; see `RisingGenerator.take`. */
export const takeRemote = 'sys.ids.take';

/** Most ids of one call to the generator. */
const most = 1000;
/** How long one generator may take to answer, in ms. */
const answerMs = 2000;
/** Wait before all are asked again, in ms. */
const againMs = 100;
/** How long a generator is looked for before a call fails, in ms: longer than a lost one keeps its lease. */
export const searchMs = 15_000;

interface Waiting {
  resolve(id: bigint): void;
  reject(error: Error): void;
}

/** Ids that rise across the cluster, asked of the active generator: all that wait, in one call at a time. */
export class RisingIds {
  readonly #options: RisingIdsOptions;
  #waiting: Waiting[] = [];
  #asking = false;
  /** Who was the active one last. */
  #known: string | undefined;

  constructor(options: RisingIdsOptions) {
    this.#options = options;
  }

  /** @throws IDS_UNAVAILABLE */
  next(): Promise<bigint> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (!this.#asking) void this.#ask();
    });
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    await null; // so that all of this tick go together
    while (this.#waiting.length > 0) {
      const asked = this.#waiting.splice(0, most);
      try {
        const first = await this.#take(asked.length);
        for (const [index, { resolve }] of asked.entries()) resolve(first + BigInt(index));
      } catch (error) {
        for (const { reject } of asked) reject(error as Error);
      }
    }
    this.#asking = false;
  }

  async #take(count: number): Promise<bigint> {
    const { clock, serverId, generators } = this.#options;
    const end = clock.now() + searchMs;
    for (;;) {
      let reason = 'no server of the type ids.generatorType (config/settings.json5) is ready';
      for (const id of inOrder(generators(), this.#known)) {
        try {
          return await this.#takeFrom(id, count);
        } catch (error) {
          reason = reasonOf(error);
        }
      }
      if (clock.now() >= end) throw new PomeloError('IDS_UNAVAILABLE', { serverId, reason });
      await delay(againMs, clock);
    }
  }

  async #takeFrom(id: string, count: number): Promise<bigint> {
    const { node } = this.#options;
    const first = BigInt((await node.request(id, takeRemote, [count], { timeoutMs: answerMs })) as string);
    this.#known = id;
    return first;
  }
}

/** The one that answered last goes first. */
function inOrder(ids: readonly string[], first: string | undefined): readonly string[] {
  return first !== undefined && ids.includes(first) ? [first, ...ids.filter((id) => id !== first)] : ids;
}
