import type { Problem } from '@pomelo-ts/views';
import { type Found, isOfType } from './find-problems.js';

/** Remembers since when each problem lasts. */
export class Problems {
  #present = new Map<string, Problem>();

  /** Takes what is wrong at `at`, in ms since 1970; gives it, the worst first, what is wrong with whole types before others, then the oldest. */
  note(found: readonly Found[], at: number): readonly Problem[] {
    const before = this.#present;
    this.#present = new Map(
      found.map((one) => [one.key, { ...one, since: before.get(one.key)?.since ?? at }] as const),
    );
    return this.all;
  }

  get all(): readonly Problem[] {
    return [...this.#present.values()].sort(
      (a, b) => weightOf(b) - weightOf(a) || Number(isOfType(b)) - Number(isOfType(a)) || a.since - b.since,
    );
  }
}

/** How much a problem counts. */
export const weightOf = ({ severity }: Pick<Problem, 'severity'>): number => (severity === 'page' ? 100 : 10);
