import { randomBytes } from 'node:crypto';
import type { Clock } from '@pomelo-ts/common';

/** How long a word is good for, in ms. */
const validMs = 10_000;
/** Most words that nobody has used yet. */
const mostWords = 64;

/** Words by which clients prove that a server of the cluster has sent them. Each is good once, and for 10 seconds. */
export class ProbeWords {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new word. Where too many are open, the oldest is good no more. */
  open(): string {
    const word = randomBytes(16).toString('hex');
    this.#until.set(word, this.#clock.now() + validMs);
    if (this.#until.size > mostWords) this.#until.delete(this.#until.keys().next().value!);
    return word;
  }

  /** Whether this is one, which it is no more. */
  take(word: unknown): boolean {
    if (typeof word !== 'string') return false;
    const until = this.#until.get(word);
    this.#until.delete(word);
    return until !== undefined && this.#clock.now() < until;
  }
}
