import { type Clock, PomeloError } from '@pomelo-ts/common';

/** One change of the code that is under way. */
export interface CodeChange {
  /** @throws RELOAD_LATE when nobody waits for it any more */
  check(): void;
  /** From here on it is carried through. @throws RELOAD_LATE when nobody waits for it any more */
  takeOver(): void;
}

/**
 * Changes of one server's code, one after the other. One that has not taken over in its time is given up for good: whoever
 * waits for it is told so at once, the next one begins, and what comes of its files later is never used.
 */
export class CodeChanges {
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Carries out `work` in its turn. @throws RELOAD_LATE when it has not taken over within `ms` from now */
  run<T>(ms: number, work: (change: CodeChange) => Promise<T>): Promise<T> {
    const late = new PomeloError('RELOAD_LATE', { seconds: ms / 1000 });
    let [over, taken] = [false, false];
    let tell = (): void => {};
    const givenUp = new Promise<never>((_resolve, reject) => {
      tell = () => reject(late);
    });
    givenUp.catch(() => {}); // also where nobody listens to it any more
    const ends = this.#clock.now() + ms;
    const giveUp = (): void => {
      if (taken) return;
      over = true;
      tell();
    };
    const cancel = this.#clock.after(ms, giveUp);
    const check = (): void => {
      // What has kept this process busy has kept the timer from it.
      if (this.#clock.now() >= ends) giveUp();
      if (over) throw late;
    };
    const takeOver = (): void => {
      check();
      taken = true;
    };
    const before = this.#last;
    const done = (async () => {
      try {
        await Promise.race([before, givenUp]);
        check();
        return await Promise.race([work({ check, takeOver }), givenUp]);
      } finally {
        cancel();
      }
    })();
    this.#last = Promise.allSettled([before, done]);
    return done;
  }
}
