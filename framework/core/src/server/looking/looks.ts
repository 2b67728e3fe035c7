import { Pace } from '@pomelo-ts/common/internal';
import type { Row, Selection } from '@pomelo-ts/views';

/** How long lines are looked at without a pause, in ms: a regular expression may take a millisecond for one. */
const mostMsAtOnce = 2;
/** How long after it was asked for a look ends, in ms: who asks waits for 500, and the answer has its way to go. */
const mostMs = 300;
/** How long one walk takes at most while others wait for the next one, and at least however late it begins. */
const [sharedMs, leastMs] = [150, 50];
/** Looks that may wait; who asks for one more is told so. */
const mostWaiting = 50;

/** Somebody who waits for what a walk finds. */
interface Look {
  readonly asked: number;
  readonly selection: Pick<Selection, 'add'>;
  done(isWhole: boolean): void;
  failed(error: unknown): void;
}

/**
 * Goes through lines for all who look at once: a line is made once for all of them. Who comes while it goes waits for the next walk. A walk
 * ends with its time: those who look have what was found until then.
 */
export class Looks {
  readonly #lines: () => Iterable<Row>;
  #waiting: Look[] = [];
  #goes = false;

  constructor(lines: () => Iterable<Row>) {
    this.#lines = lines;
  }

  /**
   * Has a selection look at all lines; tells whether it has.
   *
   * @param asked when it was asked for, by `performance.now`
   * @throws Error when too many wait; what the filter of the selection throws
   */
  look(selection: Pick<Selection, 'add'>, asked = performance.now()): Promise<boolean> {
    if (this.#waiting.length >= mostWaiting) throw new Error(`${mostWaiting} others look at it already`);
    return new Promise((done, failed) => {
      this.#waiting.push({ selection, asked, done, failed });
      void this.#go();
    });
  }

  async #go(): Promise<void> {
    if (this.#goes) return;
    this.#goes = true;
    while (this.#waiting.length > 0) {
      const together = new Set(this.#waiting);
      this.#waiting = [];
      await this.#walk(together);
    }
    this.#goes = false;
  }

  async #walk(together: Set<Look>): Promise<void> {
    const pace = new Pace(mostMsAtOnce);
    const begun = performance.now();
    const last = Math.max(begun + leastMs, Math.min(...[...together].map(({ asked }) => asked)) + mostMs);
    let isWhole = true;
    try {
      for (const row of this.#lines()) {
        for (const look of together) add(look, row, together);
        if (pace.due) await pace.rest();
        isWhole = performance.now() < (this.#waiting.length > 0 ? Math.min(last, begun + sharedMs) : last);
        if (!isWhole) break;
      }
      for (const look of together) look.done(isWhole);
    } catch (error) {
      for (const look of together) look.failed(error);
    }
  }
}

/** One whose filter throws looks no more. */
function add(look: Look, row: Row, together: Set<Look>): void {
  try {
    look.selection.add(row);
  } catch (error) {
    together.delete(look);
    look.failed(error);
  }
}
