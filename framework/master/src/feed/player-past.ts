import { type Counted, countedOf } from './counted.js';
import { mostSteps, rateMs, stepMs } from './fault-past.js';
import { since } from './histogram.js';
import { Past } from './past.js';

/** Who comes to a cluster, and how that ends, over five minutes: added up over all lives of all servers. */
export class PlayerPast {
  readonly #past = new Past<Counted>(stepMs - 100, mostSteps);
  #all: Counted = countedOf();

  /** Takes by how much the numbers of each server have risen by `at`, in ms; gives how much all have risen in five minutes. */
  add(at: number, rises: readonly Counted[]): Counted {
    const sums = this.#all.slice();
    for (const rise of rises) for (let place = 0; place < sums.length; place++) sums[place]! += rise[place]!;
    this.#all = sums;
    this.#past.add(at, sums);
    return since(sums, this.#past.before(at - rateMs)!.reading);
  }
}
