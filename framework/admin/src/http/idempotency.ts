import { createHash } from 'node:crypto';
import { type Clock, PomeloError } from '@pomelo-ts/common';

/** How long an answer is kept for who asks again, in ms, and the longest key, in characters. */
const [keptMs, longestKey] = [600_000, 255];
/** Most answers that are kept for one who asks, and for all together. */
const usualMost: KeptBounds = { ofOne: 10_000, ofAll: 100_000 };

/** How many answers an {@link Idempotency} keeps. */
export interface KeptBounds {
  readonly ofOne: number;
  readonly ofAll: number;
}

interface Kept {
  readonly digest: string;
  readonly answer: Promise<unknown>;
  readonly until: number;
}

/** What somebody has asked for, the oldest first, by what it was and its key. */
type Own = Map<string, Kept>;

/** What was asked for with a key is done once: who asks again, as the answer was lost, gets the same answer. */
export class Idempotency {
  readonly #clock: Clock;
  readonly #most: KeptBounds;
  /** By who has asked: nobody sees what another one asked for, nor takes the room of others. */
  readonly #kept = new Map<string, Own>();
  #size = 0;

  constructor(clock: Clock, most = usualMost) {
    this.#clock = clock;
    this.#most = most;
  }

  /**
   * @param who asks
   * @param what they ask for; the same key for something else is another one
   * @param key undefined for who asks without one
   * @throws REQUEST_MALFORMED; IDEMPOTENCY_OTHER when the key was used for other arguments; what `work` throws, of which nothing is kept
   */
  run(
    { who, what, key }: { readonly who: string; readonly what: string; readonly key: string | undefined },
    args: object,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    if (key === undefined) return work();
    if (key.length > longestKey)
      throw new PomeloError('REQUEST_MALFORMED', {
        expected: `an idempotency-key of at most ${longestKey} characters`,
      });
    const name = `${what} ${key}`;
    const digest = createHash('sha256').update(JSON.stringify(args)).digest('base64');
    this.#sweep();
    const kept = this.#kept.get(who)?.get(name);
    if (kept && kept.digest !== digest) throw new PomeloError('IDEMPOTENCY_OTHER', { key });
    return kept ? kept.answer : this.#keep(who, name, { digest, answer: work() });
  }

  #keep(who: string, name: string, { digest, answer }: Omit<Kept, 'until'>): Promise<unknown> {
    const own: Own = this.#kept.get(who) ?? new Map();
    if (own.size >= this.#most.ofOne) this.#forgetOldest(own);
    else if (this.#size >= this.#most.ofAll) this.#forgetOldest(this.#largest(own));
    const kept = { digest, answer, until: this.#clock.now() + keptMs };
    this.#kept.set(who, own.set(name, kept));
    this.#size += 1;
    answer.catch(() => {
      if (own.get(name) === kept) this.#forget(own, name);
    });
    return answer;
  }

  /** Who asks most gives way where there is no room for all: `own` has to have fewer to be spared. */
  #largest(own: Own): Own {
    let largest = own;
    for (const other of this.#kept.values()) if (other.size > largest.size) largest = other;
    return largest;
  }

  #forgetOldest(own: Own): void {
    const [oldest] = own.keys();
    if (oldest !== undefined) this.#forget(own, oldest);
  }

  #forget(own: Own, name: string): void {
    if (own.delete(name)) this.#size -= 1;
  }

  /** Those of one are in the order of their ends. */
  #sweep(): void {
    const now = this.#clock.now();
    for (const [who, own] of this.#kept) {
      for (const [name, { until }] of own)
        if (until <= now) this.#forget(own, name);
        else break;
      if (own.size === 0) this.#kept.delete(who);
    }
  }
}
