import { type Window, windowSeconds } from '@pomelo-ts/views';
import { countOf, quantileOf, since } from './histogram.js';
import { Past } from './past.js';
import { cpuAt, droppedAt, failedAt, faultyAt, pushedAt, type Reading } from './reading.js';

/** What a server did over a window. */
export interface Rates {
  /** Each second. */
  readonly requests: number;
  /** Share of the requests. */
  readonly errors: number;
  /** Share of the requests that failed by no mistake of a client. */
  readonly faulty: number;
  /** Seconds; null without requests. */
  readonly p99: number | null;
  /** Share of one processor. */
  readonly cpu: number;
  /** Pushes for clients each second, taken or dropped. */
  readonly pushes: number;
  /** Share of the pushes. */
  readonly dropped: number;
}

/** How much the numbers of a reading that only rise have risen, and in how many seconds. */
export interface Happened {
  readonly rising: Float64Array;
  readonly seconds: number;
}

/** Windows up to this are told from readings that are a second apart, the longer ones from those 10 s apart. */
const fineSeconds = 60;

/** What one server has told, as far back as the longest window goes: about 100 KiB. */
export class ServerPast {
  readonly #fine = new Past<Reading>(900, fineSeconds + 2);
  readonly #coarse = new Past<Reading>(9_900, 3600 / 10 + 2);
  #last: { readonly at: number; readonly reading: Reading } | undefined;

  get reading(): Reading | undefined {
    return this.#last?.reading;
  }

  /** Takes what the server told at `at`, in ms; undefined while it tells nothing. A new life has no past. */
  add(at: number, reading: Reading | undefined): void {
    if (!reading || reading.bootId !== this.#last?.reading.bootId) {
      this.#fine.clear();
      this.#coarse.clear();
    }
    this.#last = reading && { at, reading };
    if (!reading) return;
    this.#fine.add(at, reading);
    this.#coarse.add(at, reading);
  }

  /** What happened in a window, or for as long as it is known; undefined while it tells nothing. */
  over(window: Window): Happened | undefined {
    if (!this.#last) return undefined;
    const { at, reading } = this.#last;
    const before = this.#before(window)!;
    const seconds = (at - before.at) / 1000;
    return { rising: since(reading.rising, before.reading.rising), seconds: seconds || 1 };
  }

  /** What the server told at the begin of a window, or first. */
  before(window: Window): Reading | undefined {
    return this.#before(window)?.reading;
  }

  #before(window: Window) {
    const seconds = windowSeconds[window];
    const past = seconds <= fineSeconds ? this.#fine : this.#coarse;
    return this.#last && past.before(this.#last.at - seconds * 1000);
  }
}

/** The rates of what has happened. */
export function ratesOf({ rising, seconds }: Happened): Rates {
  const requests = countOf(rising);
  const pushes = rising[pushedAt]! + rising[droppedAt]!;
  return {
    requests: requests / seconds,
    errors: requests > 0 ? rising[failedAt]! / requests : 0,
    faulty: requests > 0 ? Math.min(rising[faultyAt]! / requests, 1) : 0, // a notify is no request, and may fail
    p99: quantileOf(rising, 0.99),
    cpu: rising[cpuAt]! / seconds,
    pushes: pushes / seconds,
    dropped: pushes > 0 ? rising[droppedAt]! / pushes : 0,
  };
}
