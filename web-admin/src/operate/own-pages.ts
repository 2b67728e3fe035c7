import { type Place, viewPlace } from '../place/place.js';

/** Operations that go on for as long as somebody looks, or answer by what only a page of its own can show: where that is. */
const ownPages: ReadonlyMap<string, Place> = new Map([
  ['views.read', viewPlace('servers')],
  ['views.watch', viewPlace('servers')],
  ['operations.watch', viewPlace('operations')],
  ['servers.profile', viewPlace('servers')],
  ['users.trace', { page: 'users', uid: '' }],
  ['log.read', { page: 'logs', filter: '' }],
]);

/** Where an operation is asked for; undefined for one that the form here is for. */
export const ownPageOf = (verb: string): Place | undefined => ownPages.get(verb);
