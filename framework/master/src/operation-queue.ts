import { PomeloError } from '@pomelo-ts/common';

/** Has the operations that change processes done one after the other, until one that is the last. */
export class OperationQueue {
  /** Those that run or wait, in order. */
  readonly #names: string[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #last: string | undefined;

  /**
   * Carries out `work` when all that came before are done. `onWait` is told what goes first, when something does.
   *
   * @throws MASTER_BUSY when the last operation has begun.
   */
  run<T>(name: string, work: () => Promise<T>, onWait: (operation: string) => void): Promise<T> {
    this.#refuseAfterLast();
    const [running] = this.#names;
    if (running !== undefined) onWait(running);
    this.#names.push(name);
    const turn = this.#turn.then(async () => {
      try {
        this.#refuseAfterLast(); // it may have come while this one waited
        return await work();
      } finally {
        this.#names.shift();
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * Begins the last operation: it does not wait, and none comes after it.
   *
   * @throws MASTER_BUSY when another is under way and `interrupt` is false.
   */
  beginLast(name: string, interrupt: boolean): void {
    if (interrupt) {
      this.#last ??= name;
      return;
    }
    this.#refuseAfterLast();
    const [running] = this.#names;
    if (running !== undefined) throw busyWith(running);
    this.#last = name;
  }

  #refuseAfterLast(): void {
    if (this.#last !== undefined) throw busyWith(this.#last);
  }
}

const busyWith = (operation: string) => new PomeloError('MASTER_BUSY', { operation });
