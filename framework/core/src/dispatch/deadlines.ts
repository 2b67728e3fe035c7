import type { Clock } from '@pomelo-ts/common';

/** One thing that must be settled in time. */
export interface Pending {
  readonly deadline: number;
  readonly expire: (ms: number) => void;
}

const sweepMs = 100;

/** Things with one time limit, looked at together instead of with a timer each. They expire in the order they were added. */
export class Deadlines {
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #pending = new Set<Pending>();
  #stopSweep: (() => void) | undefined;
  #closed = false;

  constructor(timeoutMs: number, clock: Clock) {
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Begins to look, which it else does with the first thing. */
  begin(): void {
    if (!this.#closed) this.#stopSweep ??= this.#clock.every(sweepMs, () => this.#sweep());
  }

  /** Calls `expire` once the time is over, unless it is settled before. */
  add(expire: (ms: number) => void): Pending {
    this.begin();
    const pending = { deadline: this.#clock.now() + this.#timeoutMs, expire };
    this.#pending.add(pending);
    return pending;
  }

  /** Whether it was still in time. */
  settle(pending: Pending): boolean {
    return this.#pending.delete(pending);
  }

  close(): void {
    this.#closed = true;
    this.#stopSweep?.();
    this.#stopSweep = undefined;
    this.#pending.clear();
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const pending of this.#pending) {
      if (pending.deadline > now) return;
      this.#pending.delete(pending);
      pending.expire(this.#timeoutMs);
    }
  }
}
