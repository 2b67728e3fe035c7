import { type Place, viewPlace } from './place.js';

/** Where a problem is looked at: the server that it is about, or all servers of a type of which none serves. */
export function placeOfProblem(about: string, next: string): Place {
  if (next === `start -t ${about}`) return viewPlace('servers', { filter: `type=${about}` });
  return { page: 'server', id: about, tab: 'figures' };
}

/** Where the page shows what the master advises; undefined for what is a command for a terminal alone. */
export function placeOfNext(next: string): Place | undefined {
  if (next === 'routes') return viewPlace('routes', { sort: 'p99' });
  const [, verb, id] = /^(logs|profile) (\S+)(?: --\w+)?$/.exec(next) ?? [];
  if (id === undefined) return undefined;
  return { page: 'server', id, tab: verb === 'logs' ? 'log' : 'profile' };
}
