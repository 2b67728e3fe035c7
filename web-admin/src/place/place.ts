import {
  groupings,
  longestFilter,
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
export const serverTabs = ['figures', 'log', 'profile'] as const;

/** Pages that have nothing to be chosen in their address. */
export const plainPages = [
  ...(['overview', 'topology', 'accounts', 'keys', 'sessions', 'account'] as const),
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
    }
  | { readonly page: 'timeline'; readonly span?: PastSpan }
  | { readonly page: 'users'; readonly uid: string }
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
    };
  const page = text('page');
  if (page === 'timeline') return { page, ...chosen };
  if (page === 'users') return { page, uid: text('uid') };
  if (page === 'audit') return { page, name: text('name'), verb: text('verb') };
  return { page: oneOf(plainPages, page) ?? 'overview' };
}

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
      break;
    case 'timeline':
      params.set('page', 'timeline');
      if (place.span && place.span !== usualSpan) params.set('span', place.span);
      break;
    case 'users':
      params.set('page', 'users');
      set('uid', place.uid);
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
