import {
  columnsOf,
  type Page,
  type Problem,
  type Row,
  showCell,
  showCount,
  showRate,
  showTime,
  type ViewName,
} from '@pomelo-ts/views';
import { escaped } from '../escaped.js';

/** Most lines about one look: what changes more is told as a number. */
const mostLines = 50;

/**
 * A page as sentences, for a reader that tells one line after the other: first all of it, then what has changed. Figures that rise and fall are
 * told with what they belong to, and are no change by themselves.
 */
export function plainChanges(view: ViewName, before: Page | undefined, page: Page): readonly string[] {
  const said = [...problemsSaid(before, page), ...rowsSaid(view, before, page)];
  const lines = said.slice(0, mostLines);
  const left = said.length - lines.length;
  const all = [
    ...(before ? [] : [summarySaid(page)]),
    ...lines,
    ...(left > 0 ? [`and ${left} more changes`] : []),
  ];
  return all.map((line) => escaped(`${showTime(page.at)} ${line}`));
}

function summarySaid({ summary, total, matching }: Page): string {
  const { env, leader, states, online, requests, problemCount } = summary;
  const servers = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  return [
    `${env}, leader ${leader.id}, servers: ${servers.join(', ') || 'none'}`,
    `${showCount(online)} online, ${showRate(requests)} requests a second`,
    problemCount === 0 ? 'no problems' : `${problemCount} problem${problemCount === 1 ? '' : 's'}`,
    `${matching} of ${total} lines`,
  ].join('; ');
}

function problemsSaid(before: Page | undefined, { summary }: Page): string[] {
  const former = new Map(before?.summary.problems.map((one) => [one.key, one]));
  const now = new Map(summary.problems.map((one) => [one.key, one]));
  const begun = summary.problems.filter(({ key, what }) => former.get(key)?.what !== what);
  const over = [...former.values()].filter(({ key }) => !now.has(key));
  return [...begun.map(problemSaid), ...over.map(({ about, what }) => `over: ${about} ${what}`)];
}

const problemSaid = ({ severity, about, what, since, next }: Problem): string =>
  `${severity === 'page' ? 'alert' : 'warning'}: ${about} ${what}, since ${showTime(since)}; next: ${next}`;

function rowsSaid(view: ViewName, before: Page | undefined, { rows, matching }: Page): string[] {
  const former = new Map(before?.rows.map((row) => [row.key, row]));
  const now = new Set(rows.map(({ key }) => key));
  const isNew = (row: Row) =>
    !former.has(row.key) || textsOf(view, former.get(row.key)!) !== textsOf(view, row);
  // of a page with room for all, who is not there any more is gone; else only further down
  const whole = rows.length === matching;
  const gone = before && whole ? before.rows.filter(({ key }) => !now.has(key)) : [];
  return [...rows.filter(isNew).map((row) => rowSaid(view, row)), ...gone.map(({ key }) => `gone: ${key}`)];
}

/** What of a line is a change when it is another: its names and its state. */
function textsOf(view: ViewName, { cells }: Row): string {
  const texts = Object.entries(columnsOf(view)).filter(([, { kind }]) => kind === 'text' || kind === 'state');
  return JSON.stringify(texts.map(([name]) => cells[name] ?? null));
}

function rowSaid(view: ViewName, { cells }: Row): string {
  return Object.entries(columnsOf(view))
    .map(([name, column]) => [column.title, showCell(cells[name], column)] as const)
    .filter(([, text]) => text !== '' && text !== '-')
    .map(([title, text]) => `${title} ${text}`)
    .join(', ');
}
