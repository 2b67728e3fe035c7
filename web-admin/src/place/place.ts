import {
  groupings,
  longestFilter,
  measuredParts,
  mostRows,
  type PastSpan,
  pastSpans,
  usualQuery,
  type ViewName,
  type ViewQuery,
  viewNames,
  type Window,
  windows,
} from '@pomelo-ts/views';

/** Parts of the page of a server. */
export const serverTabs = ['figures', ...measuredParts, ...(['config', 'log', 'profile'] as const)] as const;

/** Pages that have nothing to be chosen in their address. */
export const plainPages = [
  ...(['overview', 'topology', 'accounts', 'keys', 'sessions', 'approvals', 'account'] as const),
] as const;

/** What charts show of the past as long as nobody chooses more. */
export const usualSpan: PastSpan = '10m';

/** Where somebody is in the page: all of it stands in the address, and can be sent to somebody else. */
export type Place =
  | { readonly page: (typeof plainPages)[number] }
  | { readonly page: 'view'; readonly query: ViewQuery }
  | {
      readonly page: 'server';
      readonly id: string;
      readonly tab: (typeof serverTabs)[number];
      readonly span?: PastSpan;
      /** A moment that the charts have a mark for, in ms since 1970. */
      readonly moment?: number;
    }
  | { readonly page: 'host'; readonly name: string }
  | { readonly page: 'timeline'; readonly span?: PastSpan }
  | { readonly page: 'users'; readonly uid: string }
  /** A channel of one server: others may have one of that name. */
  | { readonly page: 'channel'; readonly name: string; readonly at: string }
  /** What games let operators look at: all of it, or one thing where that is named. */
  | { readonly page: 'rooms'; readonly at: string; readonly kind: string; readonly name: string }
  | { readonly page: 'logs'; readonly filter: string }
  /** All operations, or the form of one where its verb is named. */
  | { readonly page: 'operate'; readonly verb: string }
  | { readonly page: 'audit'; readonly name: string; readonly verb: string };

/** The place that an address means; the overview where it means none. */
export function placeOf(search: string): Place {
  const params = new URLSearchParams(search);
  const text = (name: string) => params.get(name) ?? '';
  const view = viewNames.find((name) => name === text('view'));
  if (view) return { page: 'view', query: queryOf(view, params) };
  const span = oneOf(Object.keys(pastSpans) as PastSpan[], text('span'));
  const chosen = span && span !== usualSpan ? { span } : {};
  if (params.has('server'))
    return {
      page: 'server',
      id: text('server'),
      tab: oneOf(serverTabs, text('tab')) ?? 'figures',
      ...chosen,
      ...momentIn(text('moment')),
    };
  if (params.has('host')) return { page: 'host', name: text('host') };
  const page = text('page');
  if (page === 'timeline') return { page, ...chosen };
  if (page === 'logs') return { page, filter: text('filter').slice(0, longestFilter) };
  if (page === 'channel') return { page, name: text('name'), at: text('at') };
  if (page === 'rooms') return { page, at: text('at'), kind: text('kind'), name: text('name') };
  if (page === 'users') return { page, uid: text('uid') };
  if (page === 'operate') return { page, verb: text('verb') };
  if (page === 'audit') return { page, name: text('name'), verb: text('verb') };
  return { page: oneOf(plainPages, page) ?? 'overview' };
}

const momentIn = (text: string) => (/^\d{1,14}$/.test(text) ? { moment: Number(text) } : {});

/** The address of a place, without what is as it is anyway. */
export function searchOf(place: Place): string {
  const params = new URLSearchParams();
  const set = (name: string, value: string) => value !== '' && params.set(name, value);
  switch (place.page) {
    case 'view':
      writeQuery(params, place.query);
      break;
    case 'server':
      params.set('server', place.id);
      if (place.tab !== 'figures') params.set('tab', place.tab);
      if (place.span && place.span !== usualSpan) params.set('span', place.span);
      if (place.moment !== undefined) params.set('moment', String(place.moment));
      break;
    case 'host':
      params.set('host', place.name);
      break;
    case 'timeline':
      params.set('page', 'timeline');
      if (place.span && place.span !== usualSpan) params.set('span', place.span);
      break;
    case 'users':
      params.set('page', 'users');
      set('uid', place.uid);
      break;
    case 'channel':
      params.set('page', 'channel');
      set('name', place.name);
      set('at', place.at);
      break;
    case 'rooms':
      params.set('page', 'rooms');
      set('at', place.at);
      set('kind', place.kind);
      set('name', place.name);
      break;
    case 'logs':
      params.set('page', 'logs');
      set('filter', place.filter);
      break;
    case 'operate':
      params.set('page', 'operate');
      set('verb', place.verb);
      break;
    case 'audit':
      params.set('page', 'audit');
      set('name', place.name);
      set('verb', place.verb);
      break;
    case 'overview':
      break;
    default:
      params.set('page', place.page);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** A view as it is looked at first. */
export const viewPlace = (view: ViewName, some: Partial<ViewQuery> = {}): Place => ({
  page: 'view',
  query: { ...usualQuery, view, ...some },
});

function queryOf(view: ViewName, params: URLSearchParams): ViewQuery {
  const group = oneOf(groupings, params.get('group') ?? '');
  const limit = Number(params.get('limit') ?? '');
  const window: Window | undefined = oneOf(windows, params.get('window') ?? '');
  return {
    ...usualQuery,
    view,
    filter: (params.get('filter') ?? '').slice(0, longestFilter),
    sort: params.get('sort') || usualQuery.sort,
    ascending: params.get('order') === 'ascending',
    growth: params.has('growth'),
    window: window ?? usualQuery.window,
    limit: Number.isInteger(limit) && limit >= 1 && limit <= mostRows ? limit : mostRows,
    ...(group && { group }),
    faulty: params.has('faulty'),
  };
}

function writeQuery(params: URLSearchParams, query: ViewQuery): void {
  params.set('view', query.view);
  if (query.filter !== '') params.set('filter', query.filter);
  if (query.sort !== usualQuery.sort) params.set('sort', query.sort);
  if (query.ascending) params.set('order', 'ascending');
  if (query.growth) params.set('growth', '1');
  if (query.window !== usualQuery.window) params.set('window', query.window);
  if (query.limit !== usualQuery.limit) params.set('limit', String(query.limit));
  if (query.group) params.set('group', query.group);
  if (query.faulty) params.set('faulty', '1');
}

function oneOf<T extends string>(all: readonly T[], text: string): T | undefined {
  return all.find((one) => one === text);
}
