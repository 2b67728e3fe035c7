import { crashesWithinMs } from '@pomelo-ts/views';

/** Most crashes that are remembered of one server: enough to say "many". */
const mostCrashes = 100;

/** Remembers when a server was started again after a crash. */
export class CrashPast {
  readonly #times: number[] = [];
  #known: number | undefined;

  /** Takes how often it has been started again by `at`, in ms; what was before the first look is not counted. */
  note(restarts: number, at: number): void {
    for (let n = this.#known ?? restarts; n < restarts; n++) this.#times.push(at);
    this.#known = restarts;
    while (this.#times.length > mostCrashes || this.#times[0]! < at - crashesWithinMs) this.#times.shift();
  }

  /** How many there were in the last 10 minutes. */
  get recent(): number {
    return this.#times.length;
  }
}
