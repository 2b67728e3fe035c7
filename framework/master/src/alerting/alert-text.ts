import type { Problem } from '@pomelo-ts/views';
import { inOneLine } from '../hosts/said.js';
import type { AlertNews } from './alert-watch.js';

/** Most problems of one kind that a message names. */
const mostLines = 20;

/** What a message says of a cluster, in lines; undefined when none of it is for whoever wants `least`. */
export function alertText(env: string, news: AlertNews, least: Problem['severity']): string | undefined {
  const wanted = (all: readonly Problem[]) =>
    all.filter(({ severity }) => least === 'warn' || severity === 'page');
  const lines = [
    ...linesOf(wanted(news.firing), ({ severity }) => severity),
    ...linesOf(wanted(news.lasting), ({ severity }) => `${severity}, still`),
    ...linesOf(wanted(news.over), () => 'over'),
  ];
  return lines.length === 0 ? undefined : [`pomelo-ts ${inOneLine(env)}`, ...lines].join('\n');
}

function linesOf(problems: readonly Problem[], word: (problem: Problem) => string): string[] {
  const lines = problems
    .slice(0, mostLines)
    .map(
      (problem) =>
        `${word(problem)}: ${inOneLine(problem.about)}: ${inOneLine(problem.what)}${cure(problem, word)}`,
    );
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

const cure = (problem: Problem, word: (problem: Problem) => string): string =>
  word(problem) === 'over' ? '' : ` (pomelo-ts ${inOneLine(problem.next)})`;
