import type { Clock } from '@pomelo-ts/common';

/** Refusals of one that are written down at once, if nothing else is said, and how long it takes until the next one is, in ms. */
const [usualAtOnce, oneMs] = [30, 2000];
/** Most that are told apart; whoever was refused longest ago is forgotten first. */
const most = 1000;

interface Refused {
  readonly left: number;
  readonly at: number;
  /** Not written since the last one that was. */
  readonly unwritten: number;
}

/** How much is written of who asks again and again for what they may not have: else anybody who may look could fill the disk with it. */
export class Refusals {
  readonly #clock: Clock;
  readonly #atOnce: number;
  readonly #all = new Map<string, Refused>();

  constructor(clock: Clock, atOnce = usualAtOnce) {
    this.#clock = clock;
    this.#atOnce = atOnce;
  }

  /** How many were not written before this one of `who`; undefined when this one is not written either. */
  note(who: string): number | undefined {
    const at = this.#clock.now();
    const before = this.#all.get(who) ?? { left: this.#atOnce, at, unwritten: 0 };
    const left = Math.min(this.#atOnce, before.left + (at - before.at) / oneMs);
    const isWritten = left >= 1;
    this.#all.delete(who);
    this.#all.set(who, {
      left: isWritten ? left - 1 : left,
      at,
      unwritten: isWritten ? 0 : before.unwritten + 1,
    });
    const [oldest] = this.#all.keys();
    if (this.#all.size > most) this.#all.delete(oldest!);
    return isWritten ? before.unwritten : undefined;
  }
}
