import { Past } from './past.js';

/** What a master counts of itself, since it began. */
export interface OwnCounts {
  /** Tries to sign in to the admin that failed. */
  readonly signInFailures: number;
  /** Records of the audit log that could not be written. */
  readonly auditUnwritten: number;
}

const minuteMs = 60_000;

/** Remembers what a master counted of itself in the last minute. */
export class OwnPast {
  readonly #past = new Past<OwnCounts>(900, minuteMs / 1000 + 2);

  /** Takes the counts at `at`, in ms; gives how much they have risen in the minute before, or for as long as they are known. */
  add(at: number, counts: OwnCounts): OwnCounts {
    this.#past.add(at, counts);
    const { reading } = this.#past.before(at - minuteMs)!;
    return {
      signInFailures: counts.signInFailures - reading.signInFailures,
      auditUnwritten: counts.auditUnwritten - reading.auditUnwritten,
    };
  }
}
