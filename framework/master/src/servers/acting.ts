import type { Clock } from '@pomelo-ts/common';

/** How long after its end an operation is still named, in ms: what it has done is seen at the next look. */
const namedMs = 2000;

interface Act {
  readonly words: string;
  /** By the clock; missing while it goes on. */
  until?: number;
}

/** Who has servers changed now, or had a moment ago, so that what happens to them can be told with it. */
export class Acting {
  readonly #clock: Clock;
  readonly #all = new Map<string, Act>();
  #onAll: Act | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes that an operation on servers has begun. @param words such as `restart by ann` @returns what tells its end */
  begin(servers: readonly string[] | 'all', words: string): () => void {
    const act: Act = { words };
    if (servers === 'all') this.#onAll = act;
    else for (const id of servers) this.#all.set(id, act);
    return () => {
      act.until = this.#clock.now() + namedMs;
    };
  }

  /** The last operation on a server, if it goes on or has just ended. */
  on(id: string): string | undefined {
    const act = this.#all.get(id);
    if (act && this.#isNamed(act)) return act.words;
    this.#all.delete(id);
    return this.#onAll && this.#isNamed(this.#onAll) ? this.#onAll.words : undefined;
  }

  #isNamed({ until }: Act): boolean {
    return until === undefined || this.#clock.now() < until;
  }
}
