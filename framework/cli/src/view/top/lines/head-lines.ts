import {
  type Problem,
  pastPoints,
  type Summary,
  showCount,
  showPast,
  showRate,
  showSeconds,
  showShare,
  showTime,
} from '@pomelo-ts/views';
import type { ScreenState } from '../screen-state.js';
import { bothEnds, cutMark, fitted, type Line, span, widthOf } from './line.js';

/** Seconds after which what is shown is said to be old. */
const oldAfter = 3;

/** A chart of fewer points says nothing; then figures at the end of the line are without. */
const leastPoints = 3;

/** Who and what is looked at, its figures, and what is wrong. */
export function headLines(state: ScreenState): Line[] {
  const { page, columns, plain, rows } = state;
  if (!page) return [bothEnds([span(' pomelo-ts top', 'bold')], [clockOf(state)], columns)];
  const { summary } = page;
  const most = rows < 22 ? 1 : rows < 35 ? 3 : 6;
  const right = [...ageOf(state), clockOf(state)];
  return [
    bothEnds(nameLine(summary, plain, columns - widthOf(right)), right, columns),
    figuresLine(summary, columns, plain),
    ...problemLines(besides(summary, state), most),
  ];
}

/** What a page of one line tells by itself is not told above it, too. */
function besides(summary: Summary, { mode }: ScreenState): Summary {
  if (mode.kind !== 'detail') return summary;
  const problems = summary.problems.filter(({ about }) => about !== mode.key);
  return {
    ...summary,
    problems,
    problemCount: summary.problemCount - summary.problems.length + problems.length,
  };
}

const clockOf = ({ now }: ScreenState) => span(`  ${showTime(now)} `, 'dim');

/** What is not of this moment says so. */
function ageOf({ page, frozen, now, lost }: ScreenState): Line {
  const age = Math.max(0, Math.round((now - page!.at) / 1000));
  if (frozen) return [span(`  frozen, ${age}s old`, 'yellow')];
  if (age >= oldAfter || lost !== undefined) return [span(`  ${age}s old`, 'red')];
  return [];
}

/** Which cluster it is, and its servers by state; where there is no room for all, these are what stays. */
function nameLine({ env, builds, leader, hosts, states }: Summary, plain: boolean, width: number): Line {
  const dot = plain ? ' | ' : ' · ';
  const total = Object.values(states).reduce((sum, count) => sum + count, 0);
  const counts = Object.entries(states).sort(([, a], [, b]) => b - a);
  const parts = [
    ...(builds.length > 0 ? [`build ${builds.slice(0, 2).join(', ')}`] : []),
    `leader ${leader.id}`,
    `${hosts} host${hosts === 1 ? '' : 's'}`,
  ];
  const lineOf = (some: readonly string[]): Line => [
    span(` pomelo-ts ${env}`, 'bold'),
    span(
      [...some.map((part) => `${dot}${part}`), `${dot}${total} server${total === 1 ? '' : 's'}:`].join(''),
    ),
    ...counts.map(([state, count]) => span(` ${count} ${state}`, state === 'ready' ? 'green' : 'yellow')),
  ];
  const tries = [parts, parts.slice(1), parts.slice(2), []].map(lineOf);
  const fits = tries.find((line) => widthOf(line) <= width);
  return fits ?? fitted(tries.at(-1)!, width, cutMark(plain));
}

/** The figures of the cluster with what they were before; charts are as long as there is room for. */
function figuresLine(summary: Summary, columns: number, plain: boolean): Line {
  const { online, requests, errors, p99, pushes, past, problemCount } = summary;
  const figures = [
    ['online', showCount(online), past.online],
    ['req/s', showRate(requests), past.requests],
    ['err', showShare(errors), past.errors],
    ['p99', p99 === null ? '-' : showSeconds(p99), past.p99],
    ['push/s', showRate(pushes), past.pushes],
  ] as const;
  const end = problemCount > 0 ? span(`problems ${problemCount} !`, 'red') : span('no problems', 'green');
  const lineOf = (points: number, charts = 0): Line => [
    ...figures.flatMap(([name, value, before], n) => [
      span(` ${name} `, 'dim'),
      span(value, 'bold'),
      ...(n < charts ? [span(` ${showPast(before.slice(-points), plain)}`, 'cyan')] : []),
      span(' '),
    ]),
    end,
  ];
  const free = columns - widthOf(lineOf(0)) - 1;
  if (free < 0) return [span(' '), end, ...lineOf(0).slice(0, -1)];
  const roomOf = (charts: number) => Math.min(pastPoints, Math.floor(free / charts) - 1);
  const charts = [5, 4, 3, 2, 1].find((some) => roomOf(some) >= leastPoints) ?? 0;
  return lineOf(roomOf(charts), charts);
}

/** The worst, each with since when it lasts and what to do. */
export function problemLines({ problems, problemCount }: Summary, most: number): Line[] {
  const shown = problems.slice(0, problemCount > most ? Math.max(1, most - 1) : most);
  const left = problemCount - shown.length;
  return [
    ...shown.map(problemLine),
    ...(left > 0 && most > 1 ? [[span(` and ${left} more: key 5 shows all`, 'dim')]] : []),
  ];
}

export const problemLine = ({ severity, about, what, since, next }: Problem): Line => [
  span(severity === 'page' ? ' ! ' : ' ~ ', severity === 'page' ? 'red' : 'yellow'),
  span(about, 'bold'),
  span(` ${what}, since ${showTime(since)}`),
  span(` -> ${next}`, 'cyan'),
];
