import { crashesWithinMs } from '@pomelo-ts/views';
import { RecentTimes } from './recent-times.js';

/** Remembers when a server was started again after a crash. */
export class CrashPast {
  readonly #times = new RecentTimes(crashesWithinMs);
  #known: number | undefined;
  #recent = 0;

  /** Takes how often it has been started again by `at`, in ms; what was before the first look is not counted. */
  note(restarts: number, at: number): void {
    for (let n = this.#known ?? restarts; n < restarts; n++) this.#times.add(at);
    this.#known = restarts;
    this.#recent = this.#times.count(at);
  }

  /** How many there were in the last 10 minutes. */
  get recent(): number {
    return this.#recent;
  }
}
