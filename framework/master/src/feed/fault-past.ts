import { faultMinutes } from '@pomelo-ts/views';
import { type Counted, countedOf, type Fault, faults, placeOf, type ToldCounts } from './counted.js';
import { since } from './histogram.js';
import { Past } from './past.js';
import { RecentTimes } from './recent-times.js';

/** What a server told at one look, or that it tells nothing. */
export interface Look {
  readonly at: number;
  readonly told: (ToldCounts & { readonly bootId: string }) | undefined;
}

/** What has gone wrong with a server of late. */
export interface Faulty {
  /** Milliseconds since each fault was counted last. */
  readonly ago: Readonly<Partial<Record<Fault, number>>>;
  /** Its calls over five minutes: each second, and the share of them that is late or refused. */
  readonly calls: number;
  readonly lateCalls: number;
  /** How often its link has gone and come again within one life in 15 minutes, each of both counted. */
  readonly linkChanges: number;
  /** Milliseconds since it has last heard who is in the cluster; what it has heard then. */
  readonly heardAgo: number;
  readonly revision: number | undefined;
}

interface Calls {
  readonly calls: number;
  readonly lateCalls: number;
}

const minuteMs = 60_000;
export const rateMs = 5 * minuteMs;
/** Time between two numbers that are kept, and how many are. */
export const stepMs = 10_000;
export const mostSteps = rateMs / stepMs + 2;

/** Remembers what of one server should not be: the times alone, and its calls over five minutes, together 4 KiB. It lasts longer than a life. */
export class FaultPast {
  readonly #roseAt: Partial<Record<Fault, number>> = {};
  readonly #calls = new Past<Calls>(stepMs - 100, mostSteps);
  readonly #links = new RecentTimes(faultMinutes.link * minuteMs);
  #isCut = false;
  #last: Look['told'];
  #heardAt = 0;
  #called = { calls: 0, lateCalls: 0 };

  /** Takes what a server tells; gives by how much each number has risen since the last look. */
  note({ at, told }: Look): Counted {
    const isBack = this.#isCut;
    this.#isCut = !told;
    if (!told) return countedOf();
    const last = this.#last;
    // that it went with a life is told of that life
    if (isBack && last?.bootId === told.bootId)
      for (let change = 0; change < 2; change++) this.#links.add(at);
    // of a server that is seen first nobody knows when it has counted that
    const before =
      last === undefined ? told.counted : last.bootId === told.bootId ? last.counted : countedOf();
    const rise = since(told.counted, before);
    for (const fault of faults) if (rise[placeOf[fault]]! > 0) this.#roseAt[fault] = at;
    if (last?.bootId !== told.bootId || last.revision !== told.revision) this.#heardAt = at;
    const { calls, lateCalls } = this.#called;
    this.#called = { calls: calls + rise[placeOf.calls]!, lateCalls: lateCalls + rise[placeOf.lateCalls]! };
    this.#calls.add(at, this.#called);
    this.#last = told;
    return rise;
  }

  /** What has gone wrong by `at`. */
  over(at: number): Faulty {
    const before = this.#calls.before(at - rateMs);
    const calls = this.#called.calls - (before?.reading.calls ?? 0);
    const lateCalls = this.#called.lateCalls - (before?.reading.lateCalls ?? 0);
    const seconds = before ? Math.max(1, (at - before.at) / 1000) : 1;
    const ago: Partial<Record<Fault, number>> = {};
    for (const fault of faults) if (this.#roseAt[fault] !== undefined) ago[fault] = at - this.#roseAt[fault];
    return {
      ...{ ago, calls: calls / seconds, lateCalls: calls > 0 ? lateCalls / calls : 0 },
      ...{ linkChanges: this.#links.count(at), heardAgo: at - this.#heardAt, revision: this.#last?.revision },
    };
  }
}
