import type { Problem } from '@pomelo-ts/views';

/** What is new about what is wrong. */
export interface AlertNews {
  /** Has lasted long enough to be told. */
  readonly firing: readonly Problem[];
  /** Was told, and is over. */
  readonly over: readonly Problem[];
  /** Was told, and lasts. */
  readonly lasting: readonly Problem[];
}

/** Times of an {@link AlertWatch}, in ms. */
export interface AlertTimes {
  /** How long a problem must last until it is told. */
  readonly afterMs: number;
  /** How long one that was told must be gone until it is over: what comes and goes is told once. */
  readonly overMs: number;
  /** After how long one that lasts is told again. */
  readonly repeatMs: number;
}

interface Seen {
  problem: Problem;
  readonly first: number;
  last: number;
  told: number | undefined;
}

/** Decides of what is wrong now what is to be told. */
export class AlertWatch {
  readonly #times: AlertTimes;
  readonly #seen = new Map<string, Seen>();

  constructor(times: AlertTimes) {
    this.#times = times;
  }

  /** @param now by a clock that no one sets, in ms */
  note(problems: readonly Problem[], now: number): AlertNews {
    for (const problem of problems) this.#see(problem, now);
    const { afterMs, repeatMs } = this.#times;
    const over = this.#forgetOver(now);
    const due = [...this.#seen.values()].filter(({ last }) => last === now);
    const firing = due.filter(({ told, first }) => told === undefined && now - first >= afterMs);
    const lasting = due.filter(({ told }) => told !== undefined && now - told >= repeatMs);
    for (const seen of [...firing, ...lasting]) seen.told = now;
    const problemsOf = (all: readonly Seen[]) => all.map(({ problem }) => problem);
    return { firing: problemsOf(firing), over, lasting: problemsOf(lasting) };
  }

  /** One that gets worse is told anew. */
  #see(problem: Problem, now: number): void {
    const seen = this.#seen.get(problem.key);
    if (!seen) {
      this.#seen.set(problem.key, { problem, first: now, last: now, told: undefined });
      return;
    }
    if (problem.severity === 'page' && seen.problem.severity === 'warn') seen.told = undefined;
    seen.problem = problem;
    seen.last = now;
  }

  #forgetOver(now: number): Problem[] {
    const over: Problem[] = [];
    for (const [key, { problem, last, told }] of this.#seen) {
      if (told === undefined ? last === now : now - last < this.#times.overMs) continue;
      this.#seen.delete(key);
      if (told !== undefined) over.push(problem);
    }
    return over;
  }
}
