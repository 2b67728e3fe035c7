import type { Problem } from '@pomelo-ts/views';
import { isDown, isOfType } from './find-problems.js';
import type { Found } from './found.js';

/** What is wrong, as it was found last. */
interface Lasting {
  readonly problem: Problem;
  /** From when on it is told. */
  readonly from: number;
}

/** Remembers since when each problem lasts, and keeps back those that have not lasted long enough. */
export class Problems {
  #present = new Map<string, Lasting>();
  #at = 0;

  /** Takes what is wrong at `at`, in ms since 1970; gives it, the worst first, then the oldest. */
  note(found: readonly Found[], at: number): readonly Problem[] {
    const before = this.#present;
    this.#at = at;
    this.#present = new Map(
      found.map(({ lastsMs = 0, ...one }) => {
        const since = before.get(one.key)?.problem.since ?? at;
        return [one.key, { problem: { ...one, since }, from: since + lastsMs }] as const;
      }),
    );
    return this.all;
  }

  get all(): readonly Problem[] {
    return [...this.#present.values()]
      .filter(({ from }) => from <= this.#at)
      .map(({ problem }) => problem)
      .sort((a, b) => weightOf(b) - weightOf(a) || a.since - b.since);
  }
}

/** How much a problem counts: what is gone counts more than all that is wrong with what works, and a whole type more than one server. */
export function weightOf(problem: Pick<Problem, 'severity' | 'key'>): number {
  if (isOfType(problem)) return 10_000;
  if (isDown(problem)) return 1000;
  return problem.severity === 'page' ? 100 : 10;
}
