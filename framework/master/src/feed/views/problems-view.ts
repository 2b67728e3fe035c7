import type { Problem, Row } from '@pomelo-ts/views';
import { weightOf } from '../problems.js';

/** The lines of what is wrong. */
export function problemsView(problems: readonly Problem[]): Row[] {
  return problems.map((problem) => {
    const { key, severity, about, what, since, next } = problem;
    return { key, trouble: weightOf(problem), cells: { severity, about, what, since, next } };
  });
}
