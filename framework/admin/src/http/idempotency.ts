import { createHash } from 'node:crypto';
import { type Clock, PomeloError } from '@pomelo-ts/common';

/** How long an answer is kept for who asks again, in ms; most that are, and the longest key, in characters. */
const [keptMs, most, longestKey] = [600_000, 20_000, 255];

interface Kept {
  readonly digest: string;
  readonly answer: Promise<unknown>;
  readonly until: number;
}

/** What was asked for with a key is done once: who asks again, as the answer was lost, gets the same answer. */
export class Idempotency {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param who asks for what: nobody else has the same key
   * @param key undefined for who asks without one
   * @throws REQUEST_MALFORMED; IDEMPOTENCY_OTHER when the key was used for something else; what `work` throws, of which nothing is kept
   */
  run(who: string, key: string | undefined, args: object, work: () => Promise<unknown>): Promise<unknown> {
    if (key === undefined) return work();
    if (key.length > longestKey)
      throw new PomeloError('REQUEST_MALFORMED', {
        expected: `an idempotency-key of at most ${longestKey} characters`,
      });
    const name = `${who} ${key}`;
    const digest = createHash('sha256').update(JSON.stringify(args)).digest('base64');
    this.#sweep();
    const kept = this.#kept.get(name);
    if (kept && kept.digest !== digest) throw new PomeloError('IDEMPOTENCY_OTHER', { key });
    if (kept) return kept.answer;
    const answer = work();
    this.#kept.set(name, { digest, answer, until: this.#clock.now() + keptMs });
    answer.catch(() => this.#kept.delete(name));
    return answer;
  }

  /** The oldest go first; they are in the order of their ends. */
  #sweep(): void {
    const now = this.#clock.now();
    for (const [name, { until }] of this.#kept)
      if (until <= now || this.#kept.size >= most) this.#kept.delete(name);
      else break;
  }
}
