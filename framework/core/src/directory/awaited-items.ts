import type { Clock } from '@pomelo-ts/common';
import type { ClaimResult, ToldItem } from './places.js';

/** Something that a home is told, and who is to hear what became of it. */
export interface Waiting {
  readonly item: ToldItem;
  settle(result: ClaimResult | Error): void;
}

/** How long somebody waits for a home, in ms. With the question to all others after it, a bind takes two seconds at most. */
export const homeMs = 1200;

/** The items that somebody waits for. Each is settled once, at the latest when its time is over; one timer serves all. */
export class AwaitedItems {
  readonly #clock: Clock;
  /** When the time of each is over, in that order. */
  readonly #due = new Map<Waiting, number>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(waiting: Waiting): void {
    this.#due.set(waiting, this.#clock.now() + homeMs);
    this.#cancel ??= this.#clock.after(homeMs, () => this.#sweep());
  }

  has(waiting: Waiting): boolean {
    return this.#due.has(waiting);
  }

  settle(waiting: Waiting, result: ClaimResult | Error): void {
    if (this.#due.delete(waiting)) waiting.settle(result);
  }

  settleAll(result: ClaimResult | Error): void {
    for (const waiting of [...this.#due.keys()]) this.settle(waiting, result);
  }

  /** Nobody waits any more. */
  end(): void {
    this.settleAll('elsewhere');
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sweep(): void {
    const now = this.#clock.now();
    this.#cancel = undefined;
    for (const [waiting, due] of this.#due) {
      if (due > now) {
        this.#cancel = this.#clock.after(due - now, () => this.#sweep());
        return;
      }
      this.settle(waiting, new Error(`the home of the uid has not answered within ${homeMs} ms`));
    }
  }
}
