import type { Clock } from '@pomelo-ts/common';

/** The clock of a process that can be paused: time goes on meanwhile, and what was due comes all at once afterwards. */
export class ProcessClock implements Clock {
  readonly #world: Clock;
  readonly #late: (() => void)[] = [];
  #paused = false;

  constructor(world: Clock) {
    this.#world = world;
  }

  now(): number {
    return this.#world.now();
  }

  after(ms: number, fn: () => void): () => void {
    let cancelled = false;
    const cancel = this.#world.after(ms, () => this.#run(() => !cancelled && fn()));
    return () => {
      cancelled = true;
      cancel();
    };
  }

  every(ms: number, fn: () => void): () => void {
    return this.#world.every(ms, () => this.#run(fn));
  }

  pause(): void {
    this.#paused = true;
  }

  goOn(): void {
    this.#paused = false;
    for (const fn of this.#late.splice(0)) fn();
  }

  #run(fn: () => void): void {
    if (this.#paused) this.#late.push(fn);
    else fn();
  }
}
