import type { ToldMeasures } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import {
  type Column,
  columnsOf,
  type Filter,
  FilterError,
  type MakeMatcher,
  type Page,
  parseFilter,
  type Row,
  type Summary,
  select,
  type ViewName,
  type ViewQuery,
} from '@pomelo-ts/views';
import type { OperationRow } from '../long-operations/kept-operation.js';
import type { AskedName } from '../servers/told-lines.js';
import type { Moment } from './moment.js';
import { weightOf } from './problems.js';
import { routesView, rpcView } from './views/calls-view.js';
import { cronsView } from './views/crons-view.js';
import { hostsView } from './views/hosts-view.js';
import { operationsView } from './views/operations-view.js';
import { problemsView } from './views/problems-view.js';
import { serversView } from './views/servers-view.js';

/** What a page is made of beside the moment. */
export interface PageParts extends Pick<Summary, 'env' | 'leader' | 'past'> {
  readonly matcher: MakeMatcher;
  toldBy(id: string): ToldMeasures | undefined;
  operations(): readonly OperationRow[];
}

/** Most problems that the head of a screen is told. */
const mostProblems = 10;

type MakeRows = (moment: Moment, query: ViewQuery, parts: PageParts) => Row[];

/** Lines of views that servers are asked for are not made of a moment. */
const makers: Readonly<Record<Exclude<ViewName, AskedName>, MakeRows>> = {
  servers: (moment, { window }) => serversView(moment.seen(window), troubleIn(moment)),
  hosts: (moment, { window }) => hostsView(moment.seen(window), troubleIn(moment)),
  routes: (moment, { window }) => routesView(moment.calls(window), moment.calls('10s')),
  rpc: (moment, { window }) => rpcView(moment.calls(window), moment.calls('10s')),
  problems: ({ problems }) => problemsView(problems),
  crons: (moment, { window }, { toldBy }) => cronsView(moment.seen(window), toldBy),
  operations: (_moment, _query, { operations }) => operationsView(operations()),
};

/** The page that a query means at a moment. @throws VIEW_INVALID when its filter or column makes no sense */
export function pageOf(query: ViewQuery, moment: Moment, parts: PageParts): Page {
  const { columns, filter } = readQuery(query, parts.matcher);
  const make = makers[query.view as keyof typeof makers] as MakeRows | undefined;
  const rows = make?.(moment, query, parts) ?? [];
  return {
    at: moment.at,
    ...select(rows, query, columns, filter),
    total: rows.length,
    silent: silentIn(moment),
    summary: summaryOf(moment, parts),
  };
}

/** What a query has lines shown by. @throws VIEW_INVALID when its filter or column makes no sense */
export function readQuery(
  query: ViewQuery,
  matcher: MakeMatcher,
): { readonly columns: Readonly<Record<string, Column>>; readonly filter: Filter } {
  const columns = columnsOf(query.view);
  const filter = filterOf(query, matcher);
  if (query.sort !== 'trouble' && !Object.hasOwn(columns, query.sort))
    throw invalid(
      query,
      `there is no column ${query.sort} to sort by; there are trouble, ${Object.keys(columns).join(', ')}`,
    );
  return { columns, filter };
}

function filterOf(query: ViewQuery, matcher: MakeMatcher): Filter {
  try {
    return parseFilter(query.filter, columnsOf(query.view), matcher);
  } catch (error) {
    if (error instanceof FilterError) throw invalid(query, error.message);
    throw error;
  }
}

const invalid = ({ view }: ViewQuery, reason: string) => new PomeloError('VIEW_INVALID', { view, reason });

function troubleIn({ problems }: Moment): (id: string) => number {
  const weights = new Map<string, number>();
  for (const problem of problems)
    weights.set(problem.about, (weights.get(problem.about) ?? 0) + weightOf(problem));
  return (id) => weights.get(id) ?? 0;
}

/** Servers that run and have told nothing. */
const silentIn = (moment: Moment): string[] =>
  moment
    .seen('10s')
    .filter((server) => server.row.pid !== undefined && !server.reading)
    .map(({ row }) => row.id);

function summaryOf(moment: Moment, { env, leader, past }: PageParts): Summary {
  const seen = moment.seen('10s');
  const states: Record<string, number> = {};
  for (const { row } of seen) states[row.state] = (states[row.state] ?? 0) + 1;
  return {
    ...{ env, leader, states, past },
    hosts: new Set(seen.map(({ row }) => row.host)).size,
    builds: [...new Set(seen.flatMap(({ row }) => row.build ?? []))],
    ...moment.figures,
    problems: moment.problems.slice(0, mostProblems),
    problemCount: moment.problems.length,
  };
}
